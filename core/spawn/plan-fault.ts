import type { ExecFailure } from './failure.ts';
import type { SpawnPlan } from './plan.ts';

/** The highest id; the next one, 2^32 - 1, means "no change" to the kernel. */
const MAX_ID = 2 ** 32 - 2;

/**
 * The part of a plan that the kernel would not take as meant. An invalid id would leave the child with the daemon's,
 * and a string would end at its first NUL.
 */
export function planFault({ file, argv, env, cwd, umask, identity }: SpawnPlan): ExecFailure | undefined {
  if (identity !== undefined) {
    const { name, uid, gid, groups } = identity;
    const wrong = [
      ['uid', uid] as const,
      ['gid', gid] as const,
      ...groups.map((group) => ['group', group] as const),
    ].find(([, id]) => !Number.isInteger(id) || id < 0 || id > MAX_ID);
    if (wrong !== undefined) {
      return { kind: 'identity', text: `user ${name}: ${wrong[0]} ${String(wrong[1])} is not an id (0 to ${MAX_ID})` };
    }
  }
  if (umask !== undefined && (!Number.isInteger(umask) || umask < 0 || umask > 0o777)) {
    return { kind: 'command', text: `umask ${String(umask)} is not a mask (0 to 0777)` };
  }
  const texts = [
    ['command', file] as const,
    ['directory', cwd ?? ''] as const,
    ...argv.map((word, at) => [`argument ${at}`, word] as const),
  ];
  const cut = texts.find(([, text]) => text.includes('\0'));
  if (cut !== undefined) return { kind: 'command', text: `${cut[0]} holds a NUL byte, which ends a string` };
  const variable = Object.entries(env).find(
    ([name, value]) => name === '' || /[=\0]/.test(name) || value.includes('\0'),
  );
  if (variable === undefined) return undefined;
  return {
    kind: 'command',
    text: `the variable ${JSON.stringify(variable[0])} has a name or a value that no environment can hold`,
  };
}
