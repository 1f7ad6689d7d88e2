import { hooksOf, type ProcessView } from '../../core/index.ts';

/** What plugins add to the status of processes, for every interface. */
export const getControlHooks = hooksOf((hook) =>
  Object.freeze({
    /**
     * Whenever the health of a process is read. Out: what is wrong that its state does not show, in words (`listener
     * not answering: …`). The first answer decides, and the process is then `unsteady`. Default: nothing is wrong. Must
     * be fast: it is called for every process of a list. Throws: reported; counts as no answer. Emit `process:trouble`
     * when your answer may have changed.
     */
    trouble: hook.bail<[ProcessView], string>('trouble', ['process'], { onFault: 'pass' }),
  }),
);
