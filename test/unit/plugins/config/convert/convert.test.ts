import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { main } from '../../../../../bin/ctl/main.ts';
import { printProblem } from '../../../../../plugins/config/index.ts';
import { convert, writeConfiguration } from '../../../../../plugins/config/convert/index.ts';
import type { ConvertOptions } from '../../../../../plugins/config/convert/index.ts';
import { typedDocument } from '../../../../support/converting.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsv-convert-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function converted(text: string, options: Partial<ConvertOptions> = {}, name = 's.conf') {
  const conversion = await convert({ file: write(name, text), env: {}, ...options });
  if (conversion.kind === 'refused') throw new Error(conversion.problems.map(printProblem).join('\n'));
  return { ...conversion, said: conversion.warnings.map((problem) => printProblem(problem).replace(`${folder}/`, '')) };
}

test('a supervisord.conf becomes a tidy tsv.config.ts, with its comments', async () => {
  const { text, said } = await converted(`; Our shop.
; Ask ops before you change it.

[supervisord]
nodaemon = YES
umask=022

; The web server, behind nginx.
[program:web]
; four of them
numprocs=4
process_name=%(program_name)s_%(process_num)d
command=node server.js --port 80%(process_num)02d ; not 9000
exitcodes=0, 2
stdout_logfile_maxbytes=10mb
environment=STAGE="live",TOKEN="%(ENV_TOKEN)s"
stopsignal=int
startsecs=-1

[group:shop]
programs=web, worker
[program:worker]
command=sh -c "echo hi; sleep 1"
environment=A=%(ENV_A)s
`);
  expect(text).toBe(`// Our shop.
// Ask ops before you change it.

import { defineConfig } from 'tsvisor';

export default defineConfig({
  supervisord: { nodaemon: true, umask: '022' },

  programs: {
    // The web server, behind nginx.
    web: {
      // not 9000
      command: 'node server.js --port 80%(process_num)02d',
      // four of them
      numprocs: 4,
      process_name: '%(program_name)s_%(process_num)d',
      exitcodes: [0, 2],
      stdout_logfile_maxbytes: '10MB',
      environment: { STAGE: 'live', TOKEN: '%(ENV_TOKEN)s' },
      stopsignal: 'INT',
      startsecs: 0,
    },

    worker: { command: 'sh -c "echo hi; sleep 1"', environment: 'A=%(ENV_A)s' },
  },

  groups: {
    shop: { programs: ['web', 'worker'] },
  },
});
`);
  expect(said).toEqual([]);
});

test('a typed configuration becomes a supervisord.conf', async () => {
  const { text, said, format } = await converted(
    JSON.stringify({
      programs: {
        web: {
          command: ['node', 'it is.js'],
          autostart: false,
          umask: 18,
          environment: { A: 'x "y" z', B: "it's; ok" },
          exitcodes: [0, 2],
        },
        sh: { command: ['sh', '-c', 'a ; b # c'] },
      },
      unix_http_server: [{ file: '/a.sock' }, { file: '/b.sock', chmod: '0777' }],
    }),
    {},
    'tsv.config.json',
  );
  expect({ format, text, said }).toEqual({
    format: 'ini',
    said: [],
    text: `[unix_http_server]
file=/a.sock

[unix_http_server:2]
file=/b.sock
chmod=0777

[supervisord]

[program:web]
command=node 'it is.js'
autostart=false
umask=0022
environment=A='x "y" z',B="it's; ok"
exitcodes=0,2

[program:sh]
command=sh -c 'a '";"' b '"#"' c'
`,
  });
});

test('what cannot be said is told, and kept as a comment', async () => {
  const { text, said } = await converted(`[supervisord]
[program:web]
command=x
; they used to restart it
restart=always
[ctlplugin:serialrestart]
supervisor.ctl_factory = supervisorserialrestart.controlplugin:make
[inet_http_server]
port=*:9001
`);
  expect(said).toEqual([
    's.conf:5: [program:web] restart: unknown option; kept as a comment',
    's.conf:6: [ctlplugin:serialrestart] Python code for supervisorctl, which tsvctl cannot run; kept as a comment',
    's.conf:8: [inet_http_server] has no password, which only a supervisord.conf may do where other machines can connect; add username and password',
  ]);
  expect(text).toContain(
    '      // they used to restart it\n      // restart: unknown option\n      // restart=always\n',
  );
  expect(text).toContain('  // supervisor.ctl_factory=supervisorserialrestart.controlplugin:make\n');

  const back = await converted(
    JSON.stringify({ programs: { web: { command: 'x', environment: { 'A\n': '1' } }, 'a]b': { command: 'y' } } }),
    {},
    'x.json',
  );
  expect(back.said).toEqual([
    'x.json: programs.web.environment: a supervisord.conf cannot say this value; kept as a comment',
  ]);
  expect(back.text).toContain('; environment={"A\\n":"1"}\n');
  expect(back.text).toContain('[program:a]b]\n');
});

test('included files become part of it, and %(here)s goes on to mean their folder', async () => {
  mkdirSync(join(folder, 'conf.d'));
  write('conf.d/web.conf', '[program:web]\ncommand=%(here)s/run %%(here)s\n');
  const conf = '[supervisord]\nchildlogdir=%(here)s\n[include]\nfiles=conf.d/*.conf';
  const { text, merged } = await converted(conf);
  expect(merged).toEqual([join(folder, 'conf.d/web.conf')]);
  expect(text).toContain("supervisord: { childlogdir: '%(here)s' }");
  expect(text).toContain("command: '%(here)s/conf.d/run %%(here)s'");
  const elsewhere = await converted(conf, { output: '/somewhere/else/tsv.config.ts' });
  expect(elsewhere.text).toContain(`childlogdir: '${folder}'`);
});

test('a file with errors in its form, or none at all, is refused with all of them', async () => {
  const conversion = await convert({ file: write('s.conf', 'a=b\n[supervisord]\nnonsense\n') });
  expect(conversion).toMatchObject({ kind: 'refused', problems: [{ line: 1 }, { line: 3 }] });
  expect(await convert({ file: join(folder, 'none.conf') })).toMatchObject({ kind: 'refused', problems: [{}] });
});

describe('a hostile file', () => {
  test('runs nothing in what comes of it', async () => {
    const { text } = await converted(`; \u2028globalThis.bad=1;
[supervisord]
identifier=';globalThis.bad=1;'\\
[program:__proto__]
command=a\u2028b \${globalThis.bad=1} \`
weird\u2029option=1
[__proto__]
a=*/globalThis.bad=1
`);
    const { sections } = await typedDocument('/x.ts', text);
    expect(globalThis).not.toHaveProperty('bad');
    expect(sections.map(({ title }) => title)).toEqual(['supervisord', 'program:__proto__']);
    expect(sections[0]?.options.get('identifier')?.value).toBe("';globalThis.bad=1;'\\");
    expect(text).not.toMatch(/[\u2028\u2029]/);
  });

  test('makes no section of a value', async () => {
    const config = { programs: { web: { command: 'a\n[program:evil]\ncommand=b', 'x\n[y]\nz': '1' } } };
    const { text } = await converted(JSON.stringify(config), {}, 'x.json');
    expect(text.match(/^\[.*/gm)).toEqual(['[supervisord]', '[program:web]']);
  });
});

describe('writing', () => {
  test('a file with secrets is for its owner alone', async () => {
    const secret = await converted('[supervisord]\n[inet_http_server]\nport=1\nusername=a\npassword=b\n');
    const variables = await converted('[supervisord]\nenvironment=A=b\n');
    const comment = await converted('[supervisord]\n; the old password was x\nnodaemon=true\n');
    const harmless = await converted('[supervisord]\nnodaemon=true\n');
    expect([secret, variables, comment, harmless].map(({ isPrivate }) => isPrivate)).toEqual([true, true, true, false]);
    const path = join(folder, 'out.ts');
    await writeConfiguration(path, 'x', { isPrivate: true, force: false });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('a file that is there stays as it is without force; with force the new one takes its place, whole', async () => {
    const path = write('out.ts', 'old');
    chmodSync(path, 0o644);
    await expect(writeConfiguration(path, 'new', { isPrivate: true, force: false })).rejects.toMatchObject({
      code: 'EEXIST',
    });
    expect(readFileSync(path, 'utf8')).toBe('old');
    await writeConfiguration(path, 'new', { isPrivate: true, force: true });
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['new', 0o600]);
    expect(readdirSync(folder)).toEqual(['out.ts']);
  });

  test('a link is never followed', async () => {
    const target = write('target', 'precious');
    const link = join(folder, 'link.ts');
    symlinkSync(target, link);
    await expect(writeConfiguration(link, 'new', { isPrivate: false, force: false })).rejects.toMatchObject({
      code: 'EEXIST',
    });
    await writeConfiguration(link, 'new', { isPrivate: false, force: true });
    expect([readFileSync(target, 'utf8'), lstatSync(link).isSymbolicLink()]).toEqual(['precious', false]);
  });
});

describe('tsvctl convert', () => {
  async function tsvctl(...argv: string[]) {
    const [out, err] = [new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })];
    const executable = '/none/bin/tsvctl';
    const code = await main({ argv: ['convert', ...argv], executable, stdin: process.stdin, stdout: out, stderr: err });
    return { code, out: String(out.read() ?? ''), err: String(err.read() ?? '') };
  }

  test('writes where it is told, says what it did, and does not replace a file', async () => {
    const file = write('my shop.conf', '[supervisord]\nenvironment=A=b\n');
    const output = join(folder, 'tsv.config.ts');
    expect(await tsvctl(file, '-o', output)).toEqual({
      code: 0,
      out: '',
      err: `Note: ${output} holds passwords or variables; only you can read it (mode 0600)\n${output}: written; check it with tsvd --check -c ${output}\n`,
    });
    expect(await tsvctl(file, '-o', output)).toMatchObject({
      code: 1,
      err: expect.stringContaining('--force replaces it'),
    });
    expect(await tsvctl(file, '-o', output, '--force')).toMatchObject({ code: 0 });
  });

  test('a wrong call is explained', async () => {
    expect(await tsvctl()).toMatchObject({ code: 2, err: expect.stringContaining('convert takes one FILE') });
    expect(await tsvctl('x', '--to', 'toml')).toMatchObject({
      code: 2,
      err: expect.stringContaining('ts, json, yaml, ini'),
    });
    expect(await tsvctl(join(folder, 'none'))).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('could not find'),
    });
  });
});
