import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { printFault, printResponse, type XmlRpcValue } from '../../plugins/control/rpc/xmlrpc/index.ts';
import { Pty } from '../support/pty.ts';

// A server that wants more from the terminal of its client than to be read.

const tsvctl = fileURLToPath(new URL('../../dist/tsvctl', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tsvctl-hostile-'));
const socket = join(folder, 's.sock');
/** XML cannot carry ESC, so that a server has C1 to write with; the pages of logs carry everything. */
const HOSTILE = 'evil\u009d0;title\u009c\u009b2J\r\u007f';
const BYTES = Buffer.from(`\u001b]0;title\u0007\u001b[2J\u001b[6n\u001bP1$r\u001b\\\r\b${HOSTILE}\u001b[31mred\n`);
const info = {
  group: HOSTILE,
  name: HOSTILE,
  state: 20,
  statename: HOSTILE,
  description: `${HOSTILE}\nforged RUNNING`,
  pid: 1,
  stdout_logfile: 'x',
  stderr_logfile: '',
};
const ANSWERS: Readonly<Record<string, XmlRpcValue>> = {
  getVersion: '3.0',
  getSupervisorVersion: HOSTILE,
  getAllProcessInfo: [info],
  getProcessInfo: { ...info, name: 'x', group: 'x' },
  getAllConfigInfo: [{ ...info, inuse: true, autostart: true, group_prio: 1, process_prio: 1 }],
  reloadConfig: [[[HOSTILE], [], []]],
  startAllProcesses: [{ group: 'g', name: HOSTILE, status: 80, description: 'OK' }],
  'tsv.readProcessLog': BYTES.toString('base64'),
  'tsv.readLog': BYTES.toString('base64'),
  'system.listMethods': [HOSTILE],
};
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.write(BYTES.subarray(0, 1));
      setTimeout(() => response.write(BYTES.subarray(1)), 20);
      return;
    }
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const method = /<methodName>(?:supervisor\.)?([^<]*)</.exec(body)?.[1] ?? '';
      const answer = ANSWERS[method];
      response.end(answer === undefined ? printFault(30, `FAILED: ${HOSTILE}`) : printResponse(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

/** Everything on the screen that is neither text, nor a line end of the terminal, nor a colour. */
function controlsIn(screen: string): string[] {
  // oxlint-disable-next-line no-control-regex -- colours begin with one
  return screen.replaceAll(/\r\n|\r(?=\r\n)|\u001b\[[\d;]*m/g, '').match(/[^\P{Cc}\t\n]/gu) ?? [];
}

test.each([
  ['status'],
  ['version'],
  ['avail'],
  ['reread'],
  ['update'],
  ['start all'],
  ['stop x'],
  ['shutdown'],
  ['tail x'],
  ['maintail'],
  ['logs'],
  ['why x'],
  ['call'],
  ['call x'],
  ['status --json'],
])('%s', async (command) => {
  await using person = new Pty([tsvctl, '-s', `unix://${socket}`, ...command.split(' ')]);
  await person.ended;
  expect(person.output).toContain('evil');
  expect(controlsIn(person.output)).toEqual([]);
});

test.each(['tail -f x', 'logs -f', 'maintail -f', 'fg x'])('%s', async (command) => {
  await using person = new Pty([tsvctl, '-s', `unix://${socket}`, ...command.split(' ')]);
  await person.shows(/red/);
  expect(controlsIn(person.output)).toEqual([]);
  expect(person.output).toContain('\u001b[31mred');
});

test('status --watch: nothing but what tsvctl itself draws with', async () => {
  await using person = new Pty([tsvctl, '-s', `unix://${socket}`, 'status', '--watch'], { columns: 300 });
  await person.shows(/forged/);
  // oxlint-disable-next-line no-control-regex -- escape sequences begin with one
  expect(controlsIn(person.output.replaceAll(/\u001b\[(?:\?1049h|\?25l|H|K|J)/g, ''))).toEqual([]);
});
