import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { runShell } from '../../../../bin/ctl/shell.ts';
import { StandardTerminal } from '../../../../bin/ctl/terminal.ts';
import { fakeSession } from './fake-session.ts';

function pipes() {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  let output = '';
  stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { stdin, terminal: new StandardTerminal({ stdin, stdout, stderr }), output: () => output };
}

test('lines of a pipe are taken one by one, however they arrive, and the prompts are printed', async () => {
  const { stdin, terminal, output } = pipes();
  stdin.end('one\r\ntwo\n\nlast');
  const lines = [await terminal.ask('> '), await terminal.askSecret('? '), await terminal.ask('> ')];
  expect([...lines, await terminal.ask('> '), await terminal.ask('> ')]).toEqual(['one', 'two', '', 'last', undefined]);
  await new Promise(setImmediate);
  expect(output()).toBe('> ? > > > ');
});

test('a question waits for its line', async () => {
  const { stdin, terminal } = pipes();
  const answer = terminal.ask('');
  stdin.write('late\n');
  expect(await answer).toBe('late');
  terminal.close();
});

test('the shell begins with the status and ends with the input', async () => {
  const { session, did } = fakeSession({ answers: { getAllProcessInfo: [] }, typed: ['', 'help help', 'nonsense'] });
  await runShell(session, 'me');
  expect(did.calls).toEqual(['getVersion', 'getAllProcessInfo']);
  expect(did.output).toMatch(/^me> me> help .*\nhelp COMMAND .*\nme> \*\*\* Unknown syntax: nonsense\nme> \n$/);
});
