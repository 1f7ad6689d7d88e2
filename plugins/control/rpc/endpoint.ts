import type { RouteHandler } from '../http/index.ts';
import { HttpRefusal } from '../http/index.ts';
import type { Caller, Dispatch } from './dispatcher.ts';
import { FAULTS, RpcFault } from './faults.ts';
import { parseCall, printFault, printResponse, XmlRpcSyntaxError, type XmlRpcCall } from './xmlrpc/index.ts';

/**
 * `POST /RPC2`: XML-RPC over HTTP. A fault is sent with status 200. A request that is not XML-RPC is an HTTP error, and
 * so is a call that the account may not make: supervisorctl treats an unknown fault as a bug of its own, but shows an
 * HTTP status.
 */
export function createEndpoint(dispatch: Dispatch, reportInvalid: (reason: string) => void): RouteHandler {
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
