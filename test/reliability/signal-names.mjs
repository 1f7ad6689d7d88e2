import { constants } from 'node:os';

const NAMES = new Map();
for (const [name, number] of Object.entries(constants.signals)) if (!NAMES.has(number)) NAMES.set(number, name);

/** One name for each signal, where some have two (SIGABRT, SIGIOT); undefined for what is no signal. */
export function signalName(nameOrNumber) {
  return NAMES.get(constants.signals[nameOrNumber] ?? Number(nameOrNumber));
}
