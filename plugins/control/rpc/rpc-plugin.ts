import { reasonOf, type Plugin, type Supervisor } from '../../../core/index.ts';
import { Operations } from '../index.ts';
import { HttpPlugin, HttpRefusal, type RouteHandler } from '../http/index.ts';
import { loggingService, type Log } from '../../output/logging/index.ts';
import { FAULTS, RpcFault } from './faults.ts';
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
import { createDispatcher, measured, MethodRegistry, traced, type Caller, type Dispatch } from './registry.ts';
import { parseCall, printFault, printResponse, XmlRpcSyntaxError, type XmlRpcCall } from './xmlrpc/index.ts';

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

/**
 * `POST /RPC2`: XML-RPC over HTTP. A fault is sent with status 200. A request that is not XML-RPC is an HTTP error, and
 * so is a call that the account may not make: supervisorctl treats an unknown fault as a bug of its own, but shows an
 * HTTP status.
 */
function createEndpoint(dispatch: Dispatch, reportInvalid: (reason: string) => void): RouteHandler {
  return {
    effect: 'changes',
    judgesRole: true, // the dispatcher does, for each call
    async handle({ request, response, info, readBody }) {
      if (info.method !== 'POST') {
        throw new HttpRefusal(405, 'XML-RPC calls are made with POST', { Allow: 'POST' });
      }
      const { headers } = request;
      if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
        throw new HttpRefusal(411, 'a Content-Length is required');
      }
      const answer = Buffer.from(await carryOut(parse(await readBody(), reportInvalid), dispatch, info));
      response.writeHead(200, { 'Content-Type': 'text/xml', 'Content-Length': answer.length });
      response.end(answer);
    },
  };
}

function parse(body: Buffer, reportInvalid: (reason: string) => void): XmlRpcCall {
  try {
    return parseCall(body);
  } catch (error) {
    if (!(error instanceof XmlRpcSyntaxError)) throw error;
    reportInvalid(error.message);
    throw new HttpRefusal(400, error.message);
  }
}

async function carryOut({ method, params }: XmlRpcCall, dispatch: Dispatch, { user, role }: Caller): Promise<string> {
  try {
    return printResponse(await dispatch(method, params, { user, role }));
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    if (error.code !== FAULTS.FORBIDDEN) return printFault(error.code, error.message);
    const text = error.detail ?? error.message;
    throw new HttpRefusal(403, text, {}, { code: error.fault, reason: `Forbidden: ${text}` });
  }
}
