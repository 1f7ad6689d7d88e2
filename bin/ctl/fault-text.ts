import { reasonOf } from '../../core/index.ts';
import { faultCode, faultOf, FAULTS, RpcError } from '../../plugins/control/client/index.ts';

/**
 * The text of an error that no command handles. A fault is shown as in supervisorctl, without the name of a Python
 * class and the position in a Python file.
 */
export function describeError(error: unknown): string {
  if (error instanceof RpcError && error.failure.kind === 'fault') {
    return `<Fault ${error.failure.code}: ${quote(error.failure.text)}>`;
  }
  return reasonOf(error);
}

/**
 * What is wrong with a configuration that the daemon refused, one problem a line; `undefined` for every other error.
 */
export function refusedConfiguration(error: unknown): readonly string[] | undefined {
  if (faultCode(error) !== FAULTS.CANT_REREAD) return undefined;
  const { text } = faultOf(error);
  const problems = text.replace(/^CANT_REREAD: /, '').split('\n');
  // In the words of supervisorctl's reread, which scripts look for.
  return problems.map((problem) => `ERROR: CANT_REREAD: ${problem}`);
}

/** Quotes as Python does: in single quotes, unless double quotes avoid escaping. */
export function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(mark, `\\${mark}`)
    .replaceAll(/\p{Cc}/gu, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `${mark}${escaped}${mark}`;
}
