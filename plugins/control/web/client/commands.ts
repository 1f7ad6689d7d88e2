import type { Action, Api } from './api.ts';
import type { Target } from './model.ts';
import type { Store } from './store.ts';
import { addressOf, touchedBy, VERBS, type ManyAction } from './targets.ts';
import { canStart, canStop } from '../../allowed-actions.ts';
import { visible } from './visible.ts';
import type { Results } from './api-schema.ts';

/** A notice is a line: of many failures it names the first ones. */
const MOST_NAMED = 3;

/** The commands of buttons and keys. Commands on several processes ask for confirmation. */
export class Commands {
  readonly #api: Api;
  readonly #store: Store;

  constructor(api: Api, store: Store) {
    this.#api = api;
    this.#store = store;
  }

  /** A viewer has no buttons, and the keys do nothing. */
  get mayAct(): boolean {
    return this.#store.model.about.role === 'admin';
  }

  /** Why no command is possible now; `undefined` if one is. */
  get whyNot(): string | undefined {
    const { connection } = this.#store.model;
    return connection.kind === 'lost' ? `not connected, ${connection.why}` : undefined;
  }

  /** Runs the action for one process, asks for confirmation for several. */
  ask(action: 'start' | 'stop' | 'restart', target: Target): void {
    if (!this.mayAct || this.#isRefused(action, target)) return;
    if (target.kind === 'one') void this.run(action, target);
    else this.#store.dispatch({ kind: 'dialog', dialog: { kind: 'confirm', action, target } });
  }

  /** Starts or stops, whichever is possible. */
  startOrStop(name: string): void {
    const process = this.#store.model.processes.get(name);
    if (process === undefined) return;
    if (canStop(process)) this.ask('stop', { kind: 'one', name });
    else if (canStart(process)) this.ask('start', { kind: 'one', name });
  }

  /** Runs the action and shows its result. */
  async run(action: ManyAction, target: Target, signal?: string): Promise<void> {
    if (!this.mayAct || this.#isRefused(action, target)) return;
    const names = touchedBy(action, target, this.#store.model.processes).map(({ namespec }) => namespec);
    this.#store.dispatch({ kind: 'pending', names, isOver: false });
    try {
      this.#reportResults(await this.#api.act(addressOf(target), action satisfies Action, signal), action);
    } catch (error) {
      this.#notice(true, `${VERBS[action].label} ${addressOf(target)}: ${messageOf(error)}`);
    } finally {
      this.#store.dispatch({ kind: 'pending', names, isOver: true });
    }
  }

  /** Reports a press that was ignored. */
  ignored(what: string): void {
    this.#notice(true, `${what} as you pressed, so nothing was done. Press again.`);
  }

  #isRefused(action: ManyAction, target: Target): boolean {
    const { whyNot } = this;
    if (whyNot === undefined) return false;
    this.#notice(true, `${VERBS[action].label} ${addressOf(target)}: ${whyNot}. Nothing was done.`);
    return true;
  }

  #reportResults(results: Results, action: ManyAction): void {
    const failed = results.filter(({ ok }) => !ok);
    const { done } = VERBS[action];
    if (failed.length === 0) {
      const [only] = results;
      this.#notice(false, `${results.length === 1 && only !== undefined ? only.namespec : results.length} ${done}`);
      return;
    }
    const named = failed
      .slice(0, MOST_NAMED)
      .map(({ namespec, fault }) => `${namespec}: ${fault?.message ?? 'failed'}`);
    const more = failed.length > MOST_NAMED ? '; …' : '';
    this.#notice(true, `${results.length - failed.length} ${done}, ${failed.length} not: ${named.join('; ')}${more}`);
  }

  #notice(isBad: boolean, text: string): void {
    this.#store.dispatch({ kind: 'notice', isBad, text: visible(text) });
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
