import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { expand, type Scope } from '../../../core/index.ts';
import { readSupervisordConf } from '../../config/read-supervisord-conf.ts';
import { parseConf } from '../../config/supervisord-conf/index.ts';
import { ClientConfigError, type Environment } from './settings.ts';

/**
 * The options of one section of a supervisord.conf, expanded; `undefined` if there is no such section. Throws {@link
 * ClientConfigError}.
 *
 * supervisorctl reads only the file itself, not included files. So a section there has precedence; only if it is
 * missing, which supervisorctl refuses, included files are read.
 */
export async function readSection(
  file: string,
  title: string,
  env: Environment,
): Promise<ReadonlyMap<string, string> | undefined> {
  const options = (await readOwn(file, title)) ?? (await readIncluded(file, title, env));
  if (options === undefined) return undefined;
  const scope = expansions(file, env);
  return new Map([...options].map(([name, text]) => [name, expandOption(`${title}.${name}`, text, scope)]));
}

type Texts = ReadonlyMap<string, string>;

async function readOwn(file: string, title: string): Promise<Texts | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new ClientConfigError(`could not read config file ${file}`, { cause });
  }
  const { sections, defaults } = parseConf(text);
  const section = sections.get(title);
  if (section === undefined) return undefined;
  return new Map([...defaults, ...section.options].map(([name, { value }]) => [name, value]));
}

async function readIncluded(file: string, title: string, env: Environment): Promise<Texts | undefined> {
  const { sections } = await readSupervisordConf(file, { env, hostName: hostname() });
  const options = sections.find((section) => section.title === title)?.options;
  return options && new Map([...options].map(([name, { value }]) => [name, String(value)]));
}

function expansions(file: string, env: Environment): Scope {
  const environment = Object.entries(env).map(([name, value]) => [`ENV_${name}`, value ?? ''] as const);
  return new Map([...environment, ['here', dirname(resolve(file))], ['host_node_name', hostname()]]);
}

function expandOption(option: string, text: string, scope: Scope): string {
  const expanded = expand(text, [scope]);
  if (expanded.kind === 'text') return expanded.text;
  const reason = expanded.kind === 'malformed' ? expanded.reason : `%(${expanded.name})s cannot be expanded`;
  throw new ClientConfigError(`${option}: '${text}': ${reason}`);
}
