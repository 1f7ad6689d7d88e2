import { namespec, type ProcessView, type Supervisor } from '../../../core/index.ts';
import type { EventType } from './event-types.ts';
import {
  communicationPayload,
  groupPayload,
  logPayload,
  remotePayload,
  statePayload,
  stateType,
  type Channel,
} from './payload.ts';
import type { Pools } from './pools.ts';
import { textOf } from '../../output/logging/index.ts';
import { cutOff } from './characters.ts';
import type { LoggingPorts } from './logging-ports.ts';

const LOG_TYPES = { stdout: 'PROCESS_LOG_STDOUT', stderr: 'PROCESS_LOG_STDERR' } as const;
const COMMUNICATION_TYPES = {
  stdout: 'PROCESS_COMMUNICATION_STDOUT',
  stderr: 'PROCESS_COMMUNICATION_STDERR',
} as const satisfies Record<Channel, EventType>;

/**
 * Publishes events of the supervisor under Supervisor's names. `isExact`: without anything that Supervisor does not
 * send.
 */
export function publishEvents({ events }: Supervisor, pools: Pools, plugin: string, isExact = true): void {
  events.on(
    'process:state',
    (change) => {
      // An exit is published by the next event, which knows whether it was expected.
      if (change.process.state === 'EXITED') return;
      pools.publish(stateType(change.process.state), () => statePayload(change));
    },
    plugin,
  );
  events.on(
    'process:exited',
    ({ process, expected, exit }) => {
      if (process.state !== 'EXITED') return;
      // EXITED is only reached from RUNNING.
      pools.publish('PROCESS_STATE_EXITED', () =>
        statePayload({ process, from: 'RUNNING', expected, ...(!isExact && { exit }) }),
      );
    },
    plugin,
  );
  events.on(
    'supervisor:state',
    ({ to }) => {
      if (to === 'running') pools.publish('SUPERVISOR_STATE_CHANGE_RUNNING', () => '');
      if (to === 'stopping') pools.publish('SUPERVISOR_STATE_CHANGE_STOPPING', () => '');
    },
    plugin,
  );
  events.on('group:added', ({ group }) => pools.publish('PROCESS_GROUP_ADDED', () => groupPayload(group)), plugin);
  events.on('group:removed', ({ group }) => pools.publish('PROCESS_GROUP_REMOVED', () => groupPayload(group)), plugin);
  events.on(
    'remote:communication',
    (remote) => pools.publish('REMOTE_COMMUNICATION', () => remotePayload(remote)),
    plugin,
  );
}

/**
 * Publishes the output of programs. Output is the hottest path, so it is observed only once a pool subscribes to it.
 */
export class OutputEvents {
  readonly #supervisor: Supervisor;
  readonly #pools: Pools;
  readonly #ports: LoggingPorts;
  readonly #plugin: string;
  #hearsLogs = false;
  #hearsCaptures = false;
  /** Incomplete characters at the end of a read, at most three bytes each, by process and channel. */
  readonly #cutOff = new Map<
    string,
    { readonly process: ProcessView; readonly channel: Channel; readonly bytes: Uint8Array }
  >();

  constructor(supervisor: Supervisor, pools: Pools, ports: LoggingPorts, plugin: string) {
    this.#supervisor = supervisor;
    this.#pools = pools;
    this.#ports = ports;
    this.#plugin = plugin;
  }

  /** Call it when there is a new subscription. */
  listen(): void {
    const wants = (types: Record<Channel, EventType>) => Object.values(types).some((type) => this.#pools.wants(type));
    if (!this.#hearsLogs && wants(LOG_TYPES)) {
      this.#hearsLogs = true;
      this.#ports.onLogged((process, channel, bytes) => this.#logged(process, channel, bytes));
      // After the logging plugin (stage 0) has read the last output.
      this.#supervisor.hooks.reaped.tap({ name: this.#plugin, stage: 100 }, (process) => this.#flush(process));
    }
    if (!this.#hearsCaptures && wants(COMMUNICATION_TYPES)) {
      this.#hearsCaptures = true;
      this.#ports.onCaptured((process, channel, bytes) =>
        this.#pools.publish(COMMUNICATION_TYPES[channel], () => communicationPayload(process, textOf(bytes))),
      );
    }
  }

  #logged(process: ProcessView, channel: Channel, bytes: Uint8Array): void {
    if (!this.#pools.wants(LOG_TYPES[channel])) return;
    const key = keyOf(process, channel);
    const before = this.#cutOff.get(key);
    const all = before === undefined ? bytes : Buffer.concat([before.bytes, bytes]);
    const whole = all.subarray(0, all.length - cutOff(all));
    if (whole.length < all.length) this.#cutOff.set(key, { process, channel, bytes: all.slice(whole.length) });
    else if (before !== undefined) this.#cutOff.delete(key);
    this.#publishLog(process, channel, whole);
  }

  /** The child exited: its last character will not be completed. */
  #flush(process: ProcessView): void {
    for (const channel of ['stdout', 'stderr'] as const) {
      const rest = this.#cutOff.get(keyOf(process, channel));
      if (rest === undefined) continue;
      this.#cutOff.delete(keyOf(process, channel));
      this.#publishLog(process, channel, rest.bytes);
    }
  }

  #publishLog(process: ProcessView, channel: Channel, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pools.publish(LOG_TYPES[channel], () => logPayload(process, channel, textOf(bytes)));
  }
}

function keyOf(process: ProcessView, channel: Channel): string {
  return `${channel} ${namespec(process)}`;
}
