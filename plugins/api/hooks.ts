import { hooksOf, type ProcessView } from '../../core/index.ts';
import type { ProcessStatus } from './process-status.ts';

/**
 * What other plugins tap and ask: `ApiPlugin.getHooks(supervisor).status.tap(…)`. A tap that throws is reported and counts
 * as no answer.
 */
export const getApiHooks = hooksOf((hook) =>
  Object.freeze({
    /**
     * Whenever a process is shown. In: what is shown so far. Out: the same with fields of your own (`{ ...status, mood: 'good' }`),
     * as plain JSON data. Fast: it is called for every process of a list. Throws: reported; the fields so far are shown.
     */
    status: hook.waterfall<[ProcessStatus, ProcessView]>('status', ['status', 'process'], {
      onFault: 'pass',
      accepts: (answer) => typeof answer === 'object' && answer !== null && 'namespec' in answer,
    }),

    /**
     * Whenever the health of a process is asked for. Out: what is wrong with it that its state does not show, in words
     * (`listener not answering: …`); the first tap that answers decides. The process is then `unsteady`. Nobody answers: nothing is wrong.
     * Fast: it is called for every process of a list. Throws: reported; counts as no answer.
     */
    trouble: hook.bail<[ProcessView], string>('trouble', ['process'], { onFault: 'pass' }),

    /** Call it when the answer of a tap of `trouble` may have changed for a process; `process:health` is emitted where it has. */
    troubleChanged: hook.sync<[ProcessView]>('troubleChanged', ['process'], { onFault: 'pass' }),

    /** Call it for the status of a process as `/api/v1` shows it. Nobody answers: the plugin `api` is not enabled. */
    describe: hook.bail<[ProcessView], ProcessStatus>('describe', ['process'], { onFault: 'pass' }),
  }),
);
