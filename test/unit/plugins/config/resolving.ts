import type { ProcessConfig } from '../../../../core/index.ts';
import { BUILT_IN } from '../../../../plugins/config/built-in.ts';
import type { Document } from '../../../../plugins/config/document.ts';
import { anyUserDatabase, printProblem, resolve } from '../../../../plugins/config/index.ts';
import type { Overrides, Resolved } from '../../../../plugins/config/index.ts';
import { nativeDocument } from '../../../../plugins/config/native.ts';
import type { NamedPluginOptions } from '../../../../plugins/config/tables.ts';
import { documentOf } from '../../../../plugins/supervisord-conf/index.ts';

/** Resolving texts without files, users or a machine. */

const SHIPPED: readonly NamedPluginOptions[] = Object.entries(BUILT_IN).map(([name, options]) => ({
  name,
  ...options,
}));

const HOST = {
  env: { HOME: '/home/test', PORT: '8080', EMPTY: '' },
  cwd: '/cwd',
  hostName: 'host',
  uid: 0,
  users: anyUserDatabase(),
};

export function resolveText(text: string, plugins = SHIPPED, overrides: Overrides = {}): Resolved {
  return resolveDocument(documentOf('/etc/s.conf', text), plugins, overrides);
}

export function resolveNative(exported: unknown, plugins = SHIPPED): Resolved {
  return resolveDocument(nativeDocument('/etc/tsv.config.ts', exported), plugins);
}

export function resolveDocument(document: Document, plugins = SHIPPED, overrides: Overrides = {}): Resolved {
  return resolve(document, plugins, HOST, overrides);
}

export const errorsOf = ({ problems }: Resolved): string[] => problems.map(printProblem);
export const warningsOf = ({ warnings }: Resolved): string[] => warnings.map(printProblem);
export const processesOf = ({ config }: Resolved): ProcessConfig[] =>
  config.groups.flatMap(({ processes }) => processes);
