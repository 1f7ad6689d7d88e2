/**
 * After this many faults in a row a tap that only advises (`onFault: 'pass'`), or a listener, is switched off. A tap
 * whose fault fails the operation is never switched off.
 */
export const FAULT_BUDGET = 10;
