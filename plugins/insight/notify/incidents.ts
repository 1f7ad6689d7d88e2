import {
  describeExit,
  namespec,
  type Clock,
  type EventMap,
  type ProcessView,
  type Timer,
} from '../../../core/index.ts';
import type { Notification } from './notification.ts';

/** When a program counts as flapping. */
export interface FlapLimits {
  readonly flapexits: number;
  readonly flapsecs: number;
}

/** Receives the notifications. */
export interface IncidentReceiver {
  take(notification: Notification): void;
  /** A program in trouble was stopped or removed. That ends the incident without a notification. */
  settle(program: string): void;
}

/** The trouble of one program, reported or not yet. Removed when the program is stopped or runs well again. */
interface Incident {
  /** Unrequested exits and failed starts since `since`. */
  ends: number;
  readonly since: number;
  /** The last of them, on the monotonic clock; at most `flapexits`. */
  recent: readonly number[];
  /** Whether it was reported. */
  isReported: boolean;
  recovery: Timer | undefined;
}

/**
 * Detects trouble: takes process events and makes notifications. A program flaps when it exits `flapexits` times within
 * `flapsecs` without a request; every further exit is a notification of the same subject, with the count so far. It has
 * recovered when it runs and has not exited for `flapsecs`. A timer exists only while a program in trouble runs.
 */
export class Incidents {
  readonly #limits: FlapLimits;
  readonly #clock: Clock;
  readonly #receiver: IncidentReceiver;
  /** By `group:name`; only programs that exited recently. */
  readonly #open = new Map<string, Incident>();

  constructor(limits: FlapLimits, clock: Clock, receiver: IncidentReceiver) {
    this.#limits = limits;
    this.#clock = clock;
    this.#receiver = receiver;
  }

  exited({ process, asked, exit }: EventMap['process:exited']): void {
    if (!asked) this.#ended(process, describeExit(exit));
  }

  spawnFailed({ process, reason }: EventMap['process:spawn-failed']): void {
    this.#ended(process, reason);
  }

  changed({ process }: EventMap['process:state']): void {
    const incident = this.#open.get(namespec(process));
    incident?.recovery?.cancel();
    if (process.state === 'FATAL') this.#failed(process);
    else if (process.state === 'STOPPED') this.#settle(namespec(process));
    else if (process.state === 'RUNNING' && incident !== undefined) this.#awaitRecovery(process, incident);
  }

  removed({ process }: EventMap['process:removed']): void {
    this.#settle(namespec(process));
  }

  close(): void {
    for (const { recovery } of this.#open.values()) recovery?.cancel();
    this.#open.clear();
  }

  #settle(program: string): void {
    this.#open.get(program)?.recovery?.cancel();
    if (this.#open.delete(program)) this.#receiver.settle(program);
  }

  #ended(process: ProcessView, reason: string): void {
    const { flapexits, flapsecs } = this.#limits;
    const now = this.#clock.now();
    const incident = this.#incidentOf(process);
    incident.ends += 1;
    incident.recent = [...incident.recent, now].slice(-flapexits);
    const [first = now] = incident.recent;
    const isFlapping = incident.recent.length === flapexits && now - first <= flapsecs * 1000;
    if (!isFlapping && !incident.isReported) return;
    incident.isReported = true;
    const { ends, since } = incident;
    this.#receiver.take({ kind: 'flapping', program: namespec(process), reason, ends, since, at: this.#clock.wall() });
  }

  #failed(process: ProcessView): void {
    this.#incidentOf(process).isReported = true;
    this.#receiver.take({
      kind: 'fatal',
      program: namespec(process),
      reason: process.spawnerr,
      at: this.#clock.wall(),
    });
  }

  #incidentOf(process: ProcessView): Incident {
    const program = namespec(process);
    let incident = this.#open.get(program);
    if (incident === undefined) {
      incident = { ends: 0, since: this.#clock.wall(), recent: [], isReported: false, recovery: undefined };
      this.#open.set(program, incident);
    }
    return incident;
  }

  #awaitRecovery(process: ProcessView, incident: Incident): void {
    incident.recovery = this.#clock.setTimer(this.#limits.flapsecs * 1000, () => {
      const program = namespec(process);
      this.#open.delete(program);
      const { ends, since, isReported } = incident;
      if (isReported) this.#receiver.take({ kind: 'recovered', program, ends, since, at: this.#clock.wall() });
    });
  }
}
