import { hooksOf } from '../../core/index.ts';

export const getHooks = hooksOf((hook) => ({
  decide: hook.bail<[string], true>('decide', ['name'], { onFault: 'pass' }),
  open: hook.asyncSeries<[]>('open', [], { onFault: 'fail', deadlineMs: 1_000 }),
  // @ts-expect-error -- the daemon waits, and only a deadline ends the wait
  close: hook.asyncSeries<[]>('close', [], { onFault: 'fail' }),
  // @ts-expect-error -- one name for each argument
  rewrite: hook.waterfall<[string, number]>('rewrite', ['text'], { onFault: 'pass' }),
}));
