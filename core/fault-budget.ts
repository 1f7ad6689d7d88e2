/** Faults in a row after which an advising tap, or a listener, is switched off. A protecting tap never is. */
export const FAULT_BUDGET = 10;
