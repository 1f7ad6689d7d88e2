import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Pty } from '../support/pty.ts';
import { Place, runCommand } from '../support/tsvd.ts';
import { isMissing, runs } from '../support/peers.ts';

// The real shells, with the scripts that tsvctl prints, at a running tsvd.

const tsvctl = fileURLToPath(new URL('../../dist/tsvctl', import.meta.url));

const isAbsent = (shell: string): boolean =>
  isMissing(shell, runs(shell, '-c', 'true'), 'completion is not tried in it');

let place: Place;

beforeAll(async () => {
  place = new Place();
  place.conf(`
[program:web]
command=sleep 1000
[program:worker]
command=sleep 1000
process_name=%(process_num)d
numprocs=2
[program:$(touch\${IFS}pwned)]
command=sleep 1000
`);
  await place.start();
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, out, err } = await runCommand(tsvctl, ['completion', shell]);
    expect([code, err]).toEqual([0, '']);
    place.write(`completion.${shell}`, out);
  }
});

afterAll(async () => {
  await place[Symbol.asyncDispose]();
});

/** What is typed; what is offered in its place. `CONF` stands for the configuration file. */
const CASES: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ['tsvctl sta', ['start', 'status']],
  ['tsvctl --hist', ['--history-file']],
  ['tsvctl -c CONF start we', ['web']],
  ['tsvctl -c CONF start worker:', ['worker:0', 'worker:1', 'worker:*']],
  ['tsvctl -c CONF restart web wor', ['worker:0', 'worker:1', 'worker:*']],
  ['tsvctl -c CONF update w', ['web', 'worker']],
  ['tsvctl -c CONF logs -', ['-f', '-n', '--stdout', '--stderr', '--json']],
  ['tsvctl completion ', ['bash', 'fish', 'zsh']],
  ['tsvctl -s unix:///nonexistent.sock start w', []],
  ['tsvctl shutdown ', []],
  ['tsvctl conv', ['convert']],
  ['tsvctl help sys', ['systemd-unit']],
  ['tsvctl systemd-unit -', ['--user']],
  ['tsvctl --vers', ['--version']],
];

const path = `${fileURLToPath(new URL('../../dist', import.meta.url))}:${process.env.PATH}`;
const typed = (line: string): string => line.replace('CONF', place.path('supervisord.conf'));

describe.skipIf(isAbsent('bash'))('in bash', () => {
  test.each(CASES)('"%s" is offered %j', async (line, offered) => {
    const script = `source completion.bash
COMP_LINE=$1 COMP_POINT=\${#1} COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
_tsvctl
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const options = { cwd: place.folder, env: { ...process.env, PATH: path } };
    const { out, err } = await runCommand('bash', ['-c', script, 'bash', typed(line)], options);
    expect(err).toBe('');
    // What stands before the last colon stays, and is not offered again.
    const before = line.includes(':', line.lastIndexOf(' ')) ? line.slice(line.lastIndexOf(' ') + 1) : '';
    const words = out.split('\n').filter((word) => word !== '');
    expect(words.map((word) => before + word).toSorted()).toEqual(offered.toSorted());
  });

  test('a name that is a command is offered, and not carried out', async () => {
    const script = `source completion.bash; COMP_LINE=$1 COMP_POINT=\${#1}; _tsvctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const options = { cwd: place.folder, env: { ...process.env, PATH: path } };
    const { out } = await runCommand('bash', ['-c', script, 'bash', typed('tsvctl -c CONF start $')], options);
    expect(out.split('\n')).toContain('$(touch${IFS}pwned)');
    expect(place.read('pwned')).toBe('');
    expect(spawnSync('ls', [place.path('pwned')]).status).not.toBe(0);
  });

  test('Tab at a prompt completes a name', async () => {
    await using shell = new Pty(['bash', '--norc', '-i'], { cwd: place.folder, env: { PATH: path } });
    shell.type('PS1=; source completion.bash; echo loa""ded\n');
    await shell.shows(/loaded/);
    shell.type('tsvctl -c supervisord.conf status worker:\t');
    await shell.shows(/worker:/);
    shell.type('1\n');
    await shell.shows(/worker:1 +\S*RUNNING/);
    shell.type('exit\n');
    expect(await shell.ended).toBe(0);
  });
});

describe.skipIf(isAbsent('fish'))('in fish', () => {
  test.each(CASES)('"%s" is offered %j', async (line, offered) => {
    const options = { cwd: place.folder, env: { ...process.env, PATH: path, HOME: place.folder } };
    const script = 'source completion.fish; complete -C $argv[1]';
    const { out, err } = await runCommand('fish', ['--no-config', '-c', script, typed(line)], options);
    expect(err).toBe('');
    const words = out.split('\n').map((row) => row.split('\t')[0] ?? '');
    expect(words.filter((word) => word !== '').toSorted()).toEqual(offered.toSorted());
  });
});

describe.skipIf(isAbsent('zsh'))('in zsh', () => {
  const offering = CASES.filter(([, offered]) => offered.length > 0);

  test('every line is offered what it should be, by Tab', async () => {
    await using shell = new Pty(['zsh', '-f', '-i'], {
      cwd: place.folder,
      env: { PATH: path, HOME: place.folder, ZDOTDIR: place.folder },
      columns: 200,
    });
    place.write('setup.zsh', ZSH_SETUP);
    shell.type('source setup.zsh\n');
    await shell.shows(/ready> /);
    for (const [line, offered] of offering) {
      shell.type(`${typed(line)}\t${SHOW_LINE}`);
      const shown = await shell.shows(/<<[^>]*>>/);
      // One offer is put in place; several are listed.
      const expected = offered.length === 1 ? [`${offered.join('')} >>`] : offered;
      for (const word of expected) expect(shown.replaceAll('\\', '')).toContain(word);
    }
  });
});

const SHOW_LINE = '\u0007';
const ZSH_SETUP = `
autoload -Uz compinit
compinit -u -D
source completion.zsh
unsetopt automenu menucomplete listambiguous beep
zstyle ':completion:*' verbose no
show() { print -r -- "<<$BUFFER>>"; BUFFER=; zle -I }
zle -N show
bindkey '^G' show
PS1='ready> '
`;
