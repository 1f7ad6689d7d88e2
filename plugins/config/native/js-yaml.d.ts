/** The part of js-yaml that data-file.ts uses; the package brings no types. */
declare module 'js-yaml' {
  interface TypeOptions {
    readonly kind: 'scalar';
    readonly resolve: (text: string | null) => boolean;
    readonly construct: (text: string) => unknown;
  }

  class Type {
    constructor(tag: string, options: TypeOptions);
    readonly tag: string;
    readonly resolve: (text: string | null) => boolean;
    readonly construct: (text: string) => unknown;
  }

  interface Schema {
    extend(types: { readonly implicit: readonly Type[] }): Schema;
  }

  const yaml: {
    readonly load: (text: string, options: { readonly filename?: string; readonly schema: Schema }) => unknown;
    readonly Type: typeof Type;
    readonly FAILSAFE_SCHEMA: Schema;
    readonly types: Readonly<Record<'null' | 'bool' | 'int' | 'float' | 'timestamp' | 'merge', Type>>;
  };
  export type { Type };
  export default yaml;
}
