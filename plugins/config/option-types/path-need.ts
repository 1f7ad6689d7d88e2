/**
 * What has to exist on this machine for a path to be of use: the directory itself, the one that the file is in, that one with permission
 * to write the file, or that one with permission to make a socket in it.
 */
export type PathNeed = 'directory' | 'parent' | 'writable' | 'socket';

const PATH_NEEDS = new WeakMap<object, PathNeed>();

/** What {@link checkHost} has to look for where an option has this schema. */
export function pathNeedOf(schema: object): PathNeed | undefined {
  return PATH_NEEDS.get(schema);
}

/** Marks a schema. */
export function needing<Type extends object>(need: PathNeed, schema: Type): Type {
  PATH_NEEDS.set(schema, need);
  return schema;
}
