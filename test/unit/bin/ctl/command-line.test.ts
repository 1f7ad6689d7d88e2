import { expect, test } from 'vitest';
import { describeCommandLine, OPTIONS, parseCommandLine, UsageError } from '../../../../bin/ctl/command-line.ts';

test('options end where the command begins, so that the command keeps its own', () => {
  const line = parseCommandLine(['-c', 'a.conf', '-uname', '--password=p:w', 'tail', '-f', 'web']);
  expect(line).toMatchObject({ configuration: 'a.conf', username: 'name', password: 'p:w', isInteractive: false });
  expect(line.command).toEqual(['tail', '-f', 'web']);
});

test('without a command there is a shell', () => {
  expect(parseCommandLine(['-s', 'unix:///x'])).toMatchObject({ isInteractive: true, command: [] });
});

test('switches can be joined, also to an option with a value', () => {
  expect(parseCommandLine(['-isunix:///x', 'pid'])).toMatchObject({ isInteractive: true, serverurl: 'unix:///x' });
});

test('a long option can be cut short, and the history file has two spellings', () => {
  expect(parseCommandLine(['--conf', 'a', '--hist=b'])).toMatchObject({ configuration: 'a', historyFile: 'b' });
  expect(parseCommandLine(['--history_file', 'b']).historyFile).toBe('b');
});

test('-- ends the options', () => {
  expect(parseCommandLine(['--', '-x']).command).toEqual(['-x']);
});

test('a timeout is given in seconds', () => {
  expect(parseCommandLine(['--timeout', '2.5', 'status']).timeoutMs).toBe(2500);
});

test.each([
  [['-x'], 'option -x not recognized'],
  [['--nonsense'], 'option --nonsense not recognized'],
  [['--'.concat('i=1')], 'option --i must not have an argument'],
  [['-c'], 'option -c requires argument'],
  [['--configuration'], 'option --configuration requires argument'],
  [['-s', 'nowhere'], "invalid value for -s 'nowhere': value 'nowhere' is not a URL"],
  [['--timeout', 'soon'], "invalid value for --timeout 'soon': a number of seconds above 0 is expected"],
  [['-i', '--interactive'], "conflicting command line option '--interactive'"],
])('%j is refused: %s', (argv, message) => {
  expect(() => parseCommandLine(argv)).toThrow(new UsageError(message));
});

test('the help describes every option', () => {
  for (const { long, meaning } of Object.values(OPTIONS)) {
    expect(describeCommandLine()).toMatch(new RegExp(`--${long[0]}.*${meaning.slice(0, 10)}`));
  }
});
