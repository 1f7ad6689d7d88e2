import type { ProcessConfig } from '../../../../core/index.ts';
import type { Document } from '../../../../plugins/config/document.ts';
import { anyUserDatabase, printProblem, resolve } from '../../../../plugins/config/index.ts';
import type { Overrides, Resolved } from '../../../../plugins/config/index.ts';
import { nativeDocument } from '../../../../plugins/config/native/native.ts';
import { documentOf } from '../../../../plugins/config/read-supervisord-conf.ts';
import { tablesOf } from '../../../../plugins/config/options/tables.ts';
import { shippedDeclarations } from '../../../../plugins/standard.ts';

/** Resolving texts without files, users or a machine. */

const SHIPPED = await shippedDeclarations();
const TABLES = tablesOf(SHIPPED, SHIPPED);

const HOST = {
  env: { HOME: '/home/test', PORT: '8080', EMPTY: '' },
  cwd: '/cwd',
  hostName: 'host',
  uid: 0,
  users: anyUserDatabase(),
};

const tablesFor = (plugins = SHIPPED) => (plugins === SHIPPED ? TABLES : tablesOf(plugins, SHIPPED));

export function resolveText(text: string, plugins = SHIPPED, overrides: Overrides = {}): Resolved {
  return resolveDocument(confDocument(text, plugins), plugins, overrides);
}

export function resolveNative(exported: unknown, plugins = SHIPPED): Resolved {
  return resolveDocument(nativeDocument('/etc/tsv.config.ts', exported, tablesFor(plugins)), plugins);
}

export function resolveDocument(document: Document, plugins = SHIPPED, overrides: Overrides = {}): Resolved {
  return resolve(document, tablesFor(plugins), HOST, overrides);
}

export function confDocument(text: string, plugins = SHIPPED): Document {
  return documentOf('/etc/s.conf', text, tablesFor(plugins));
}

export const errorsOf = ({ problems }: Resolved): string[] => problems.map(printProblem);
export const warningsOf = ({ warnings }: Resolved): string[] => warnings.map(printProblem);
export const processesOf = ({ config }: Resolved): ProcessConfig[] =>
  config.groups.flatMap(({ processes }) => processes);
