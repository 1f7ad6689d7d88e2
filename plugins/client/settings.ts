/** How to reach a daemon, and what tsvctl's shell looks like: what a configuration says to clients. */
export interface ClientSettings {
  /** `unix:///path` or `http://host:port`. */
  readonly serverurl: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly prompt: string;
  /** Absolute. */
  readonly history_file: string | undefined;
  /** The configuration that was read, where one was found. */
  readonly file?: string;
  /** What is wrong with the configuration, where the daemon was found without it: one problem a line. */
  readonly problem?: string;
}

/** What a configuration leaves open. */
export type GivenSettings = { readonly [Name in keyof ClientSettings]?: ClientSettings[Name] | undefined };

export type Environment = Readonly<Record<string, string | undefined>>;

/** A configuration that tells no client where its daemon is. One problem a line. */
export class ClientConfigError extends Error {
  override readonly name = 'ClientConfigError';
}
