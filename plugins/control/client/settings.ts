/** How to reach a daemon, and the settings of tsvctl's shell: what a configuration contains for clients. */
export interface ClientSettings {
  /** `unix:///path` or `http://host:port`. */
  readonly serverurl: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly prompt: string;
  /** Absolute. */
  readonly history_file: string | undefined;
  /** The configuration that was read, if one was found. */
  readonly file?: string;
  /** What is wrong with the configuration, if the daemon was found without it: one problem per line. */
  readonly problem?: string;
}

/** The defaults for missing values. */
export type GivenSettings = { readonly [Name in keyof ClientSettings]?: ClientSettings[Name] | undefined };

export type Environment = Readonly<Record<string, string | undefined>>;

/** The configuration gives clients no usable address. One problem per line. */
export class ClientConfigError extends Error {
  override readonly name = 'ClientConfigError';
}
