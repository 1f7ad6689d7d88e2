/**
 * The listener's side of the event listener protocol: what it writes to its stdout, and the effect of it.
 *
 *     READY\n                    send me an event; written after the start and after every result
 *     RESULT <length>\n<bytes>   my answer to the event, of this length; nothing follows the bytes
 *
 *     ACKNOWLEDGED ─READY→ READY ─event sent→ BUSY ─RESULT→ ACKNOWLEDGED
 *
 * A listener that writes anything else becomes UNKNOWN and is ignored from then on, because it is unclear where its
 * next message begins. A restart resets it.
 *
 * Decisions only: no process, no pool, no log. The bytes may arrive in pieces of any size. Supervisor: dispatchers.py
 * PEventListenerDispatcher.
 */
export const TABLE: Table = {
  ACKNOWLEDGED: { heard: expectReady },
  READY: { heard: outOfTurn, sent: () => to('BUSY') },
  BUSY: { heard: expectResult, judged: (rest) => expectReady(rest) },
  UNKNOWN: { heard: () => to('UNKNOWN') },
};

export type ListenerState = 'ACKNOWLEDGED' | 'READY' | 'BUSY' | 'UNKNOWN';

export type Input =
  /** It wrote something. */
  | { readonly kind: 'heard'; readonly bytes: Uint8Array }
  /** It was sent an event. */
  | { readonly kind: 'sent' }
  /** Its result was judged; the output after it can be processed. */
  | { readonly kind: 'judged' };

export type Effect =
  /** Its answer to the event is complete. The next input must be `judged`. */
  | { readonly kind: 'judge'; readonly result: Uint8Array }
  /** It broke the protocol. */
  | { readonly kind: 'violated'; readonly reason: string };

/** The state of a listener between two inputs. */
export interface Listener {
  readonly state: ListenerState;
  /** An incomplete message, of at most {@link LONGEST_LINE} or {@link LONGEST_RESULT} bytes. */
  readonly pending: Uint8Array;
}

export interface Step {
  readonly listener: Listener;
  readonly effect?: Effect;
}

type Cell = (bytes: Uint8Array) => Step;
type Table = { readonly [State in ListenerState]: { readonly [Kind in Input['kind']]?: Cell } };

const NOTHING = new Uint8Array();
const READY_LINE = Buffer.from('READY\n');
const NEWLINE = 0x0a;

/** The longest result line. A longer one breaks the protocol. */
export const LONGEST_LINE = 256;
/** The longest result. `OK` is expected; more than this comes from a broken listener and would fill the memory. */
export const LONGEST_RESULT = 1_048_576;

/** A listener that has just been started. */
export const FRESH: Listener = { state: 'ACKNOWLEDGED', pending: NOTHING };

/** Applies an input to a listener. Throws if its state has no cell for the input: a bug in the caller. */
export function step(listener: Listener, input: Input): Step {
  const cell = TABLE[listener.state][input.kind];
  if (cell === undefined) throw new Error(`a listener cannot be ${input.kind} while ${listener.state}`);
  return cell(input.kind === 'heard' ? join(listener.pending, input.bytes) : listener.pending);
}

function expectReady(bytes: Uint8Array): Step {
  const length = Math.min(bytes.length, READY_LINE.length);
  if (!READY_LINE.subarray(0, length).equals(bytes.subarray(0, length))) {
    return violated(`wrote ${quote(bytes)} instead of READY`);
  }
  return length < READY_LINE.length ? to('ACKNOWLEDGED', bytes) : outOfTurn(bytes.subarray(length));
}

function outOfTurn(bytes: Uint8Array): Step {
  return bytes.length === 0 ? to('READY') : violated(`wrote ${quote(bytes)} before it was sent an event`);
}

function expectResult(bytes: Uint8Array): Step {
  const end = bytes.indexOf(NEWLINE);
  const line = Buffer.from(bytes.subarray(0, end === -1 ? LONGEST_LINE : end));
  if (end === -1 && bytes.length < LONGEST_LINE) return to('BUSY', bytes);
  // White space around the number is ignored, as in Supervisor: some listeners end their lines with CR LF.
  const length = Number(/^RESULT\s+(\d+)\s*$/.exec(line.toString('latin1'))?.[1] ?? Infinity);
  if (end === -1 || length > LONGEST_RESULT) return violated(`bad result line: '${line.toString()}'`);
  const body = bytes.subarray(end + 1);
  if (body.length < length) return to('BUSY', bytes);
  return { ...to('BUSY', body.subarray(length)), effect: { kind: 'judge', result: body.slice(0, length) } };
}

function violated(reason: string): Step {
  return { ...to('UNKNOWN'), effect: { kind: 'violated', reason } };
}

function to(state: ListenerState, pending: Uint8Array = NOTHING): Step {
  return { listener: { state, pending } };
}

/** Copies the bytes: the next read overwrites their buffer. */
function join(pending: Uint8Array, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([pending, bytes]);
}

const QUOTED = 60;

function quote(bytes: Uint8Array): string {
  const text = JSON.stringify(Buffer.from(bytes.subarray(0, QUOTED)).toString());
  return bytes.length > QUOTED ? `${text}…` : text;
}
