import { shownSections } from './arrange.ts';
import type { Clock } from './clock.ts';
import type { Commands } from './commands.ts';
import type { Store } from './store.ts';

/** After this time without movement the user has left, or it is a wall display. */
const IDLE_MS = 60_000;
/** A press this soon after the rows moved was meant for the previous row. */
const SETTLE_MS = 500;
/** Rows that move this soon after a key or a press do so on request. */
const ASKED_MS = 300;

const ROWS = '.sheet';

/**
 * Keeps the rows in place while the pointer is over them, they are touched, or the keyboard focus is among them; their
 * content still changes. If rows moved all the same (after a pause, or as the pointer arrived), a press in that moment
 * is ignored, with a notice.
 */
export class RowHold {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #commands: Commands;
  #isOver = false;
  #hasKeys = false;
  #idle: { cancel(): void } | undefined;
  /** Names of the rows as they were drawn last, and before they moved. */
  #order: readonly string[] = [];
  #before: readonly string[] = [];
  #movedAt = -Infinity;
  /** Whether the pointer was moving when the rows moved. */
  #wasAiming = false;
  #motionAt = -Infinity;
  #askedAt = -Infinity;

  constructor(store: Store, clock: Clock, commands: Commands) {
    this.#store = store;
    this.#clock = clock;
    this.#commands = commands;
  }

  listen(page: Document): void {
    page.addEventListener('pointermove', (event) => this.#pointed(event), { passive: true });
    page.addEventListener('pointerdown', (event) => this.#pressed(event), { capture: true });
    page.documentElement.addEventListener('pointerleave', ({ pointerType }) => {
      if (pointerType === 'mouse') this.#set({ isOver: false });
    });
    page.addEventListener('wheel', (event) => isInRows(event.target) && this.#active(), { passive: true });
    page.addEventListener('input', () => void (this.#askedAt = this.#clock.now()));
    page.addEventListener('keydown', () => {
      this.#askedAt = this.#clock.now();
      this.#set({ hasKeys: isInRows(page.activeElement) });
    });
    page.addEventListener('focusout', ({ relatedTarget }) => {
      if (relatedTarget !== null && !isInRows(relatedTarget)) this.#set({ hasKeys: false });
    });
  }

  /** Call it after each drawing. */
  drawn(): void {
    const order = shownSections(this.#store.model).flatMap(({ processes }) =>
      processes.map(({ namespec }) => namespec),
    );
    const known = this.#order;
    if (order.length === known.length && order.every((name, index) => name === known[index])) return;
    this.#order = order;
    const now = this.#clock.now();
    if (known.length === 0 || now - this.#askedAt < ASKED_MS) return;
    this.#before = known;
    this.#movedAt = now;
    this.#wasAiming = now - this.#motionAt < SETTLE_MS;
  }

  #pointed({ target, pointerType }: PointerEvent): void {
    const isOver = isInRows(target);
    this.#motionAt = this.#clock.now();
    // A finger does not hover: its last position counts until it touches something else.
    if (isOver || pointerType === 'mouse') this.#set({ isOver });
  }

  #pressed(event: PointerEvent): void {
    const now = this.#clock.now();
    const { target, pointerType } = event;
    // The approach of a finger cannot be detected.
    const isAimed = this.#wasAiming || pointerType !== 'mouse';
    if (isAimed && now - this.#movedAt < SETTLE_MS && this.#hasMoved(target)) this.#swallow(event);
    else this.#askedAt = now;
    this.#set({ isOver: isInRows(target), hasKeys: false });
  }

  /** Whether another row was here before. */
  #hasMoved(target: EventTarget | null): boolean {
    const name = target instanceof Element ? target.closest('tr')?.dataset['process'] : undefined;
    return name !== undefined && this.#order.indexOf(name) !== this.#before.indexOf(name);
  }

  /** Ignores a press that was meant for another row. */
  #swallow(press: PointerEvent): void {
    const stop = (event: Event): void => {
      event.preventDefault();
      event.stopPropagation();
    };
    stop(press);
    document.addEventListener('click', stop, { capture: true, once: true });
    this.#clock.setTimer(SETTLE_MS * 4, () => document.removeEventListener('click', stop, { capture: true }));
    this.#commands.ignored('The rows moved');
  }

  #set({
    isOver = this.#isOver,
    hasKeys = this.#hasKeys,
  }: {
    readonly isOver?: boolean;
    readonly hasKeys?: boolean;
  }): void {
    this.#isOver = isOver;
    this.#hasKeys = hasKeys;
    if (isOver || hasKeys) this.#active();
    else this.#release();
  }

  #active(): void {
    this.#idle?.cancel();
    this.#idle = this.#clock.setTimer(IDLE_MS, () => this.#release());
    this.#store.dispatch({ kind: 'hold', isHeld: true });
  }

  #release(): void {
    this.#idle?.cancel();
    this.#idle = undefined;
    this.#store.dispatch({ kind: 'hold', isHeld: false });
  }
}

function isInRows(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(ROWS) !== null;
}
