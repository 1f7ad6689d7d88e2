import { execFileSync, spawnSync } from 'node:child_process';
import { isMissing } from './peers.ts';

/**
 * Python as the judge of what a text means: `judge` is the body of a function of `text` whose result can be JSON, and is called for all texts
 * in one process. Where it raises, the answer is `{ error: message }`.
 */
export function askPython(judge: string, texts: readonly string[], { module = 'json', prelude = '' } = {}): unknown[] {
  const script = [
    'import json, sys',
    `import ${module}`,
    prelude,
    'def judge(text):',
    ...judge.split('\n').map((line) => `    ${line}`),
    'def answer(text):',
    '    try:',
    '        return judge(text)',
    '    except Exception as error:',
    '        return {"error": type(error).__name__ + ": " + str(error)}',
    'print(json.dumps([answer(text) for text in json.load(sys.stdin)]))',
  ].join('\n');
  const output = execFileSync(pythonWith(module) ?? 'python3', ['-c', script], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  const answers: unknown = JSON.parse(output);
  if (!Array.isArray(answers)) throw new TypeError(`Python answered ${output}`);
  return answers;
}

/** The first Python that has a module; Debian's packages are not there for one that was installed beside it. */
export function pythonWith(module: string): string | undefined {
  return ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0,
  );
}

/** Whether there is a Python with the given module; in CI there has to be. */
export function hasPython(module = 'json'): boolean {
  return !isMissing(
    `python3 with the module ${module}`,
    pythonWith(module) !== undefined,
    'nothing is compared with it',
  );
}
