import { RpcClient } from '../../plugins/control/client/index.ts';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Pty } from '../support/pty.ts';
import { Place } from '../support/tsvd.ts';
import { until } from '../support/wait.ts';

// tsvctl in the hands of a person: a real terminal, keys typed, the screen looked at.

const tsvctl = fileURLToPath(new URL('../../dist/tsvctl', import.meta.url));
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

let place: Place;

beforeAll(async () => {
  place = new Place();
  place.conf(`
[program:echo]
command=cat
startsecs=0
[program:both]
command=sh -c "while read line; do echo out $line; echo err $line >&2; test $line = end && exit 7; done"
startsecs=0
autorestart=false
[program:slow]
command=sh -c "trap 'sleep 3; exit' TERM; while :; do sleep 0.1; done"
startsecs=0
`);
  await place.start();
});

afterAll(async () => {
  await place[Symbol.asyncDispose]();
});

const open = (...words: string[]): Pty =>
  new Pty([tsvctl, '-c', place.path('supervisord.conf'), ...words], { cwd: place.folder });

test('the shell completes a name, remembers lines, leaves a followed log by Ctrl-C, and ends by Ctrl-D', async () => {
  const history = place.path('history');
  await using shell = open('-r', history);
  await shell.shows(/supervisor> /);
  shell.type('status ec');
  await shell.shows(/ec/);
  shell.type('\t'); // pasted with the rest it would be a blank
  await shell.shows(/ho/);
  shell.type('\r');
  await shell.shows(/echo +\S*RUNNING/);
  shell.type('\u001b[A\r'); // the line before
  await shell.shows(/echo +\S*RUNNING/);
  shell.type('maintail -f\r');
  await shell.shows(/Press Ctrl-C to exit[^]*supervisord started/);
  shell.type(CTRL_C);
  await shell.shows(/supervisor> /);
  shell.type('statsu\r');
  await shell.shows(/\*\*\* Unknown syntax: statsu\s+Did you mean "status"\?/);
  await shell.shows(/supervisor> /);
  shell.type(CTRL_D);
  expect(await shell.ended).toBe(0);
  expect(readFileSync(history, 'utf8')).toContain('maintail -f\n');
});

test('fg shows stdout and stderr, passes on what is typed, and Ctrl-C leaves the program running', async () => {
  await using person = open('fg', 'both');
  await person.shows(/Press Ctrl-C to exit/);
  person.type('hello\r');
  await person.shows(/(?=[^]*out hello)(?=[^]*err hello)/);
  person.type(CTRL_C);
  await person.shows(/Exiting foreground/);
  expect(await person.ended).toBe(0);
  expect((await place.ctl('status', 'both')).out).toContain('RUNNING');
});

test('fg ends with its program, without a key being pressed', async () => {
  await using person = open('fg', 'both');
  await person.shows(/Press Ctrl-C to exit/);
  await place.ctl('stop', 'both');
  await person.shows(/both runs no more: STOPPED[^]*Exiting foreground/);
  expect(await person.ended).toBe(0);
});

test('status --watch draws what changes, and leaves the terminal as it was', async () => {
  await using person = open('status', '--watch', 'echo');
  await person.shows(/echo +\S*RUNNING/);
  await place.ctl('stop', 'echo');
  await person.shows(/echo +\S*STOPPED/);
  person.type(CTRL_C);
  await person.shows(/\[\?1049l[^]*echo +\S*STOPPED/);
  expect(await person.ended).toBe(0);
  await place.ctl('start', 'echo');
});

test('a long stop says what it waits for, and prints what it always printed', async () => {
  await using person = open('restart', 'slow');
  await person.shows(/stopping: slow \(\d s\)/);
  await person.shows(/slow: stopped\r\nslow: started\r\n/);
  expect(await person.ended).toBe(0);
});

test('logs -f goes on after the daemon was away', async () => {
  await using person = open('logs', '-f', '--stdout', 'echo');
  await until('echo to run', async () => (await place.ctl('status', 'echo')).out.includes('RUNNING'));
  const client = new RpcClient({ serverurl: `unix://${place.socket}` });
  const write = (text: string) => client.call('supervisor.sendProcessStdin', 'echo', `${text}\n`);
  await write('first');
  await person.shows(/first\r\n/);
  await place.ctl('reload');
  await until('the daemon to be back', async () => (await place.ctl('status', 'echo')).out.includes('RUNNING'));
  await write('second');
  await person.shows(/second\r\n/);
  expect(person.output.match(/first/g)).toHaveLength(1);
  person.type(CTRL_C);
  expect(await person.ended).toBe(0);
});
