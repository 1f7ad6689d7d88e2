import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Place, runCommand } from '../support/tsvd.ts';
import { freePort } from '../support/free-port.ts';
import { isMissing, runs } from '../support/peers.ts';

const TSVCTL = fileURLToPath(new URL('../../dist/tsvctl', import.meta.url));

// An account that may only look, through the clients that people have. Supervisor knows no such account: what its client
// shows of a refusal is decided by what we answer.

const isAlone = isMissing('supervisorctl', runs('supervisorctl', '--help'), 'what it makes of a refusal is not seen');

async function place(): Promise<{ place: Place; url: string }> {
  const made = new Place();
  const port = await freePort();
  made.conf(
    `[inet_http_server]\nport=127.0.0.1:${port}\nusername=admin\npassword=acts\n` +
      'viewer_username=eve\nviewer_password={SHA}449d83a43fb8f44703b6233399d95013a4f778c2\n' +
      '[program:a]\ncommand=cat\nautostart=false\nstartsecs=0\n',
  );
  await made.start();
  return { place: made, url: `http://127.0.0.1:${port}` };
}

const CLIENTS = [
  ['supervisorctl', "error: <class 'xmlrpc.client.ProtocolError'>, <ProtocolError for 127.0.0.1/RPC2: 403 Forbidden: "],
  ['tsvctl', 'answers 403 Forbidden: '],
] as const;

describe.skipIf(isAlone)('an account that may only look', () => {
  test.each(CLIENTS)('sees everything with %s, and is told plainly what it may not do', async (client, prefix) => {
    const { place: made, url } = await place();
    await using _ = made;
    const ctl = (...words: string[]) => {
      const file = client === 'tsvctl' ? TSVCTL : 'supervisorctl';
      return runCommand(file, ['-c', made.path('supervisord.conf'), '-s', url, '-u', 'eve', '-p', 'looks', ...words]);
    };
    expect((await ctl('status')).out).toMatch(/^a +STOPPED/);
    expect((await ctl('avail')).out).toMatch(/^a +in use/);
    expect((await ctl('maintail')).out).toContain('supervisord started with pid');
    const changes = [
      ['start a', 'supervisor.startProcess'],
      ['start all', 'supervisor.startAllProcesses'],
      ['stop a', 'supervisor.stopProcess'],
      ['signal HUP a', 'supervisor.signalProcess'],
      ['clear a', 'supervisor.clearProcessLogs'],
      ['reread', 'supervisor.reloadConfig'],
      ['remove a', 'supervisor.removeProcessGroup'],
      ['shutdown', 'supervisor.shutdown'],
    ] as const;
    for (const [line, method] of changes) {
      const { code, out } = await ctl(...line.split(' '));
      const text = `${prefix}an account that may only look cannot call ${method}`;
      expect({ line, code, told: out.includes(text) ? text : out }).toEqual({ line, code: 1, told: text });
    }
    expect((await made.status('a', 'STOPPED')).startsWith('a ')).toBe(true);
  });
});
