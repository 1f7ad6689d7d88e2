import type { RouteHandler } from '../http/index.ts';
import { HttpRefusal } from '../http/index.ts';
import type { Dispatch } from './dispatcher.ts';
import { RpcFault } from './faults.ts';
import { parseCall, printFault, printResponse, XmlRpcSyntaxError, type XmlRpcCall } from './xmlrpc/index.ts';

/** `POST /RPC2`: XML-RPC over HTTP. A fault is a 200; only what is not XML-RPC at all is an error of HTTP. */
export function createEndpoint(dispatch: Dispatch, reportInvalid: (reason: string) => void): RouteHandler {
  return {
    effect: 'changes',
    async handle({ request, response, info, readBody }) {
      if (info.method !== 'POST') {
        throw new HttpRefusal(405, 'XML-RPC calls are made with POST', { Allow: 'POST' });
      }
      const { headers } = request;
      if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
        throw new HttpRefusal(411, 'a Content-Length is required');
      }
      const answer = Buffer.from(await carryOut(parse(await readBody(), reportInvalid), dispatch, info.user));
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

async function carryOut({ method, params }: XmlRpcCall, dispatch: Dispatch, user: string | undefined): Promise<string> {
  try {
    return printResponse(await dispatch(method, params, user));
  } catch (error) {
    if (error instanceof RpcFault) return printFault(error.code, error.message);
    throw error;
  }
}
