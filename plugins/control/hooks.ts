import { hooksOf, type ProcessView } from '../../core/index.ts';

/** What plugins add to what every interface says of processes. */
export const getControlHooks = hooksOf((hook) =>
  Object.freeze({
    /**
     * Whenever the health of a process is asked for. Out: what is wrong with it that its state does not show, in words
     * (`listener not answering: …`); the first tap that answers decides. The process is then `unsteady`. Nobody answers: nothing is wrong.
     * Fast: it is called for every process of a list. Throws: reported; counts as no answer. Emit `process:trouble` when your answer may
     * have changed.
     */
    trouble: hook.bail<[ProcessView], string>('trouble', ['process'], { onFault: 'pass' }),
  }),
);
