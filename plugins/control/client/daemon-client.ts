import * as v from 'valibot';
import { PlanShape } from '../plan.ts';
import type { JournalRecord } from '../../insight/journal/index.ts';
import { readRecords } from '../../insight/journal/record-schema.ts';
import { FAULTS } from '../rpc/faults.ts';
import type { XmlRpcValue } from '../rpc/xmlrpc/index.ts';
import { faultCode, RpcClient, type RpcClientOptions } from './rpc-client.ts';

/** The connection of a {@link DaemonClient}: an {@link RpcClient}, or a replacement in tests. */
export type Connection = Pick<RpcClient, 'serverurl' | 'call' | 'stream'>;

/** A daemon at an address. Nothing is opened before the first call. */
export function connect(options: RpcClientOptions): DaemonClient {
  return new DaemonClient(new RpcClient(options));
}

/**
 * A daemon, tsvd or a real supervisord: its methods, with checked answers. Each rejects with an RpcError: a fault if
 * the daemon refuses (its codes are `FAULTS`), or the reason why there was no answer. Names are `name` or `group:name`.
 */
export class DaemonClient {
  /** For everything without a method here: any XML-RPC method by name, any page. */
  readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** The version of the XML-RPC interface: `3.0`. */
  apiVersion = () => this.#ask(v.string(), 'getVersion');
  /** The version of Supervisor that the daemon is compatible with. */
  version = () => this.#ask(v.string(), 'getSupervisorVersion');
  pid = () => this.#ask(v.number(), 'getPID');
  /** Stops every process and ends the daemon. Settles before that has happened. */
  shutdown = () => this.#ask(v.unknown(), 'shutdown');
  /** Has the daemon become the version that is installed now. Settles once that has been tried, before it happens. */
  upgrade = () => this.#ask(v.unknown(), 'tsv.upgrade');
  /** Stops every process and restarts with the then current configuration. Settles before that has happened. */
  restart = () => this.#ask(v.unknown(), 'restart');

  /** All processes, in starting order. */
  processes = () => this.#ask(v.array(ProcessInfo), 'getAllProcessInfo');
  process = (name: string) => this.#ask(ProcessInfo, 'getProcessInfo', name);
  sendStdin = (name: string, text: string) => this.#ask(v.unknown(), 'sendProcessStdin', name, text);

  /**
   * Starts processes that do not run, and waits until each is RUNNING or has failed. The result of each is returned,
   * not thrown.
   */
  startAll = () => this.#ask(Results, 'startAllProcesses');
  startGroup = (group: string) => this.#ask(Results, 'startProcessGroup', group);
  start = (name: string) => this.#ask(v.unknown(), 'startProcess', name);
  /** Stops running processes, and waits until each has exited. The result of each is returned, not thrown. */
  stopAll = () => this.#ask(Results, 'stopAllProcesses');
  stopGroup = (group: string) => this.#ask(Results, 'stopProcessGroup', group);
  stop = (name: string) => this.#ask(v.unknown(), 'stopProcess', name);
  /** `signal`: a name (`HUP`) or a number. The result of each process is returned, not thrown. */
  signalAll = (signal: string) => this.#ask(Results, 'signalAllProcesses', signal);
  signalGroup = (group: string, signal: string) => this.#ask(Results, 'signalProcessGroup', group, signal);
  signal = (name: string, signal: string) => this.#ask(v.unknown(), 'signalProcess', name, signal);

  /** Stops all of these, then starts them; `*` is everything. The result of each is returned, not thrown. tsvd only. */
  restartProcesses = (names: readonly string[]) => this.#ask(Restarted, 'tsv.restartProcesses', names);

  /** Empties log files. */
  clearAllLogs = () => this.#ask(Results, 'clearAllProcessLogs');
  clearLogs = (name: string) => this.#ask(v.unknown(), 'clearProcessLogs', name);
  /** The last `bytes` of a log. */
  readLog = (name: string, channel: Channel, bytes: number) => {
    const method = channel === 'stdout' ? 'readProcessStdoutLog' : 'readProcessStderrLog';
    return this.#read(['tsv.readProcessLog', name, channel, -bytes, 0], [method, name, -bytes, 0]);
  };
  /** The last `bytes` of the daemon's own log. */
  readMainLog = (bytes: number) => this.#read(['tsv.readLog', -bytes, 0], ['readLog', -bytes, 0]);

  /** The options of every process in the configuration, in use or not. */
  configurations = () => this.#ask(v.array(ConfigInfo), 'getAllConfigInfo');
  /** Reads the configuration again, and returns which groups differ. Changes nothing that runs. */
  reread = async (): Promise<Changes> => (await this.#ask(v.tuple([ChangeLists]), 'reloadConfig'))[0];
  /** Adds a group of the configuration; starts its programs with `autostart`. */
  addGroup = (group: string) => this.#ask(v.unknown(), 'addProcessGroup', group);
  /** Removes a stopped group. */
  removeGroup = (group: string) => this.#ask(v.unknown(), 'removeProcessGroup', group);
  /** What an update would do, process by process. tsvd only. */
  planUpdate = () => this.#ask(PlanShape, 'tsv.planUpdate');
  /** Reads the configuration again and applies it; without group names, everything that changed. tsvd only. */
  update = (groups: readonly string[]) => this.#ask(PlanShape, 'tsv.update', groups);

  /** The journal of a process, newest first. */
  journal = async (name: string, limit: number): Promise<JournalRecord[]> =>
    readRecords(await this.connection.call('tsv.getJournal', name, limit));

  /** By a method of tsvd that preserves every byte, or else by Supervisor's. */
  async #read(exact: MethodCall, asText: MethodCall): Promise<Buffer> {
    try {
      return Buffer.from(await this.#ask(v.string(), ...exact), 'base64');
    } catch (error) {
      if (faultCode(error) !== FAULTS.UNKNOWN_METHOD) throw error;
      return Buffer.from(await this.#ask(v.string(), ...asText));
    }
  }

  async #ask<Schema extends v.GenericSchema>(
    schema: Schema,
    method: string,
    ...params: readonly XmlRpcValue[]
  ): Promise<v.InferOutput<Schema>> {
    const answer = v.safeParse(
      schema,
      await this.connection.call(method.includes('.') ? method : `supervisor.${method}`, ...params),
    );
    if (answer.success) return answer.output;
    const [issue] = answer.issues;
    throw new Error(`the daemon's answer to ${method} is not what it should be: ${issue.message}`);
  }
}

type MethodCall = readonly [method: string, ...params: readonly XmlRpcValue[]];

export type Channel = 'stdout' | 'stderr';

const ProcessInfo = v.looseObject({
  group: v.string(),
  name: v.string(),
  state: v.number(),
  statename: v.string(),
  description: v.string(),
  pid: v.number(),
});
export type ProcessInfo = v.InferOutput<typeof ProcessInfo>;

/** The result for one process in a call on several. */
const Result = v.object({ group: v.string(), name: v.string(), status: v.number(), description: v.string() });
const Results = v.array(Result);
const Restarted = v.object({ stopped: Results, started: Results });
export type Result = v.InferOutput<typeof Result>;

const ConfigInfo = v.looseObject({
  group: v.string(),
  name: v.string(),
  inuse: v.boolean(),
  autostart: v.boolean(),
  group_prio: v.number(),
  process_prio: v.number(),
});
export type ConfigInfo = v.InferOutput<typeof ConfigInfo>;

/** Names of groups: added, changed, removed. */
const ChangeLists = v.tuple([v.array(v.string()), v.array(v.string()), v.array(v.string())]);
export type Changes = v.InferOutput<typeof ChangeLists>;
