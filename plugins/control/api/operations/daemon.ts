import { createHash } from 'node:crypto';
import { SUPERVISOR_VERSION } from '../../rpc/index.ts';
import type { Operation } from '../route.ts';
import { ref } from '../schemas.ts';
import type { ApiContext } from '../api-context.ts';

/** The daemon itself. */
export function daemonOperations({ supervisor, version, describeApi }: ApiContext): Operation[] {
  return [
    {
      method: 'GET',
      path: '',
      id: 'getDaemon',
      doc: 'Returns the identity and state of the daemon, and your role.',
      effect: 'reads',
      answer: { kind: 'json', doc: 'The daemon.', schema: ref('Daemon') },
      handle: (_, { info }) => ({
        version,
        supervisor: SUPERVISOR_VERSION,
        identifier: supervisor.config.identifier,
        pid: process.pid,
        state: supervisor.state,
        user: info.user ?? null,
        role: info.role,
      }),
    },
    {
      method: 'GET',
      path: '/openapi.json',
      id: 'getOpenApi',
      doc: 'The OpenAPI document of all this, made from what is there.',
      effect: 'reads',
      answer: { kind: 'own', doc: 'The document.', types: ['application/json'] },
      handle: async (_, { request, response }) => {
        const text = Buffer.from(`${JSON.stringify(await describeApi())}\n`);
        const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
        const isKnown = request.headers['if-none-match'] === tag;
        response.writeHead(isKnown ? 304 : 200, {
          ETag: tag,
          'Cache-Control': 'no-cache', // cache it, but revalidate it each time
          'X-Content-Type-Options': 'nosniff',
          ...(!isKnown && { 'Content-Type': 'application/json', 'Content-Length': text.length }),
        });
        response.end(isKnown ? undefined : text);
      },
    },
  ];
}
