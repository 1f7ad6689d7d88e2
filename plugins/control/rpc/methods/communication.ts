import { unreachable, type Supervisor } from '../../../../core/index.ts';
import { loggingService } from '../../../output/logging/index.ts';
import { RpcFault } from '../faults.ts';
import { lookUpProcess } from '../control-faults.ts';
import { bytes, text } from '../parameters.ts';
import { method, type Method } from '../registry.ts';

declare module '../../../../core/index.ts' {
  interface EventMap {
    /** A client sent an event to the event listeners, with `supervisor.sendRemoteCommEvent`. */
    'remote:communication': { readonly type: string; readonly data: string };
  }
}

/** Communication with processes and event listeners. */
export function communicationMethods(supervisor: Supervisor): Method[] {
  return [
    method({
      name: 'supervisor.sendProcessStdin',
      params: [
        text('name', 'name of a process, or group:name'),
        bytes('chars', 'what to send: text, as UTF-8, or base64 for any bytes'),
      ],
      result: { type: 'boolean', doc: 'always true' },
      faults: ['INCORRECT_PARAMETERS', 'BAD_NAME', 'NOT_RUNNING', 'NO_FILE', 'FAILED'],
      doc: 'Writes to the standard input of a process. What it does not read yet is kept for it, up to a limit.',
      effect: 'changes',
      call: ([name, chars]) => {
        const { view } = lookUpProcess(supervisor, name);
        if (view.pid === 0 || view.state === 'STOPPING') throw new RpcFault('NOT_RUNNING', name);
        const result = supervisor.use(loggingService)?.stdin(view, chars) ?? 'closed';
        switch (result) {
          case 'queued':
            return true;
          case 'closed':
            throw new RpcFault('NO_FILE', name);
          case 'full':
            throw new RpcFault('FAILED', `${name} does not read its stdin, and no more can be kept for it`);
          default:
            return unreachable(result);
        }
      },
    }),
    method({
      name: 'supervisor.sendRemoteCommEvent',
      params: [text('type', 'the type of the event, for event listeners'), text('data', 'the body of the event')],
      result: { type: 'boolean', doc: 'always true' },
      doc: 'Sends a REMOTE_COMMUNICATION event to the event listeners.',
      effect: 'changes',
      call: ([type, data]) => {
        supervisor.events.emit('remote:communication', { type, data });
        return true;
      },
    }),
  ];
}
