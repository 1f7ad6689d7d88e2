import { connect, FAULTS, type RpcClientOptions, RpcError } from '../../plugins/control/client/index.ts';
import { changeTables, loadEqual, planReload, reasonOf, type GroupConfig } from '../../core/index.ts';
import type { Loaded } from '../../plugins/config/index.ts';
import type { DescribedPlan } from '../../plugins/control/index.ts';
import { describePlan, planLines } from '../../plugins/host/daemon/index.ts';
import { clientServer, serversOf } from '../../plugins/control/http/index.ts';
import type { CommandLine } from './arguments.ts';
import { load, read, Refused } from './load.ts';

/**
 * `--check --diff`: shows what an update of the running daemon to this configuration would change; with an old file,
 * the changes from that one, as if all of its processes ran. Exit code 0 with or without changes, 2 if a configuration
 * is refused or no daemon answers.
 */
export async function diff(line: CommandLine): Promise<number> {
  const loaded = await load(line);
  const plan = line.oldFile === undefined ? await askDaemon(loaded) : await compare(line, line.oldFile, loaded);
  const text = line.json ? JSON.stringify(plan, null, 1) : planLines(plan).join('\n');
  process.stdout.write(`${text}\n`);
  return 0;
}

async function compare(line: CommandLine, oldFile: string, loaded: Loaded): Promise<DescribedPlan> {
  const old = await read({ ...line, configuration: oldFile });
  // It does not matter any more what this machine lacks for the old one.
  if (old.problems.length > 0) throw new Refused(old.problems, old.warnings);
  const plan = planReload(inOrder(old), inOrder(loaded), {
    tables: changeTables(loaded.plugins),
    equal: await loadEqual(),
    isWanted: () => true,
  });
  return { ...describePlan(plan, loaded.plugins), file: loaded.file };
}

function inOrder({ config }: Loaded): Pick<Loaded['config'], 'groups' | 'sections'> {
  const order = (one: GroupConfig, other: GroupConfig): number =>
    one.priority - other.priority || (one.name < other.name ? -1 : 1);
  return { groups: config.groups.toSorted(order), sections: config.sections };
}

async function askDaemon(loaded: Loaded): Promise<DescribedPlan> {
  const access = accessTo(loaded);
  if (access === undefined) throw new Error(`${loaded.file} has no server to ask a daemon over; ${INSTEAD}`);
  let plan: DescribedPlan;
  try {
    plan = await connect(access).planUpdate();
  } catch (error) {
    throw new Error(whyNot(error, access.serverurl), { cause: error });
  }
  if (plan.file === loaded.file) return plan;
  throw new Error(
    `the daemon at ${access.serverurl} runs on ${plan.file ?? 'no file'}, not on ${loaded.file}; ${INSTEAD}`,
  );
}

const INSTEAD = 'to compare two files, name the old one: --check --diff OLD_FILE';

function whyNot(error: unknown, serverurl: string): string {
  if (!(error instanceof RpcError) || error.failure.kind !== 'fault')
    return `no daemon answers at ${serverurl} (${reasonOf(error)}); ${INSTEAD}`;
  if (error.failure.code === FAULTS.UNKNOWN_METHOD)
    return `the daemon at ${serverurl} is no tsvd, and cannot tell what an update would do; ${INSTEAD}`;
  return `the daemon at ${serverurl} refuses: ${error.failure.text}`;
}

/** The server that SUPERVISOR_SERVER_URL names. */
function accessTo({ config: { sections, serverurl } }: Loaded): RpcClientOptions | undefined {
  if (serverurl === undefined) return undefined;
  const { username, password } = clientServer(serversOf(sections)) ?? {};
  return { serverurl, username, password, timeoutMs: 30_000 };
}
