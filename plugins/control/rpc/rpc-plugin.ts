import { reasonOf, type Plugin, type Supervisor } from '../../../core/index.ts';
import { Operations } from '../index.ts';
import { HttpPlugin } from '../http/index.ts';
import { loggingService, type Log } from '../../output/logging/index.ts';
import { createDispatcher } from './dispatcher.ts';
import { createEndpoint } from './endpoint.ts';
import { getRpcHooks } from './hooks.ts';
import { createLogTails } from './log-tail.ts';
import { communicationMethods } from './methods/communication.ts';
import { controlMethods } from './methods/control.ts';
import { daemonMethods } from './methods/daemon.ts';
import { identityMethods } from './methods/identity.ts';
import { infoMethods } from './methods/info.ts';
import { logMethods } from './methods/logs.ts';
import { systemMethods } from './methods/system.ts';
import { updateMethods } from './methods/update.ts';
import { measured } from './measured.ts';
import { MethodRegistry } from './registry.ts';
import { traced } from './traced.ts';

/**
 * Supervisor's XML-RPC interface at `/RPC2`, and the log streams that its client follows (`/logtail/…`,
 * `/mainlogtail`). Methods are declared once, in `methods/`; other plugins add theirs through the hook `methods`.
 */
export class RpcPlugin implements Plugin {
  readonly name = 'rpc';
  static readonly getHooks = getRpcHooks;

  apply(supervisor: Supervisor): void {
    const log: Log = (level, text) => supervisor.use(loggingService)?.log(level, text);
    const registry = new MethodRegistry();
    const operations = new Operations(supervisor);
    let isAskedToEnd = false;
    const { called } = getRpcHooks(supervisor);
    const dispatch = measured(
      createDispatcher(registry, {
        isEnding: () => isAskedToEnd || operations.isEnding,
        report: (method, error) => log('ERRO', `RPC method ${method} failed: ${reasonOf(error)}`),
      }),
      {
        clock: supervisor.clock,
        isKnown: (name) => registry.find(name) !== undefined,
        report: (call) => called.call(call),
      },
    );
    const service = { methods: registry, call: dispatch };
    registry.add(
      ...identityMethods(supervisor),
      ...daemonMethods(supervisor, () => (isAskedToEnd = true)),
      ...controlMethods(supervisor, operations),
      ...infoMethods(supervisor),
      ...logMethods(supervisor, operations),
      ...communicationMethods(supervisor),
      ...updateMethods(supervisor),
      ...systemMethods(registry, dispatch),
    );

    getRpcHooks(supervisor).service.tap(this.name, () => service);
    supervisor.hooks.start.tap(this.name, () => {
      getRpcHooks(supervisor).methods.call(registry);
      for (const namespace of registry.namespaces) {
        if (namespace !== 'system') log('INFO', `RPC interface '${namespace}' initialized`);
      }
    });

    const endpoint = createEndpoint(
      traced(dispatch, (text) => log('TRAC', text)),
      (reason) => log('ERRO', `XML-RPC request is invalid: ${reason}`),
    );
    const logTail = createLogTails(supervisor);
    HttpPlugin.getHooks(supervisor).routes.tap(this.name, ({ path }) =>
      path === '/RPC2' || path === '/RPC2/' ? endpoint : logTail(path),
    );
  }
}
