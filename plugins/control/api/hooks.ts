import { hooksOf, type ProcessView } from '../../../core/index.ts';
import type { ProcessStatus } from './process-status.ts';

/**
 * What other plugins tap and ask: `ApiPlugin.getHooks(supervisor).status.tap(…)`. A tap that throws is reported and
 * counts as no answer.
 */
export const getApiHooks = hooksOf((hook) =>
  Object.freeze({
    /**
     * Whenever a process is shown. In: the status so far. Out: the same with your own fields (`{ ...status, mood:
     * 'good' }`), as plain JSON data. Must be fast: it is called for every process of a list. Throws: reported; the
     * fields so far are shown.
     */
    status: hook.waterfall<[ProcessStatus, ProcessView]>('status', ['status', 'process'], {
      onFault: 'pass',
      accepts: (answer) => typeof answer === 'object' && answer !== null && 'namespec' in answer,
    }),
  }),
);
