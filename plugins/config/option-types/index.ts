/**
 * The types of options. Each accepts what a typed configuration writes (`true`, `['a', 'b']`, `50 * 1024 * 1024`) and what
 * supervisord.conf writes (`yes`, `a, b`, `50MB`), and yields one form for both. Spellings are Supervisor's (datatypes.py).
 * Plugins import them from `tsvisor/options`, and make types of their own with `optionType`.
 */
export { optionType, Refusal, type OptionType, type OptionTypeSpec } from './option-type.ts';
export { environment, exitCodes, stringList, wordsOf } from './lists.ts';
export { inetAddress, owner, userName, type InetAddress, type Owner, type ResolvedOwner } from './names.ts';
export { byteSize, count, integer, octalMode, type ByteSizeInput, type IntegerInput, type Limits } from './numbers.ts';
export {
  directoryPath,
  existingDirectory,
  filePath,
  logFile,
  logPath,
  pidFile,
  socketPath,
  type LogFile,
} from './paths.ts';
export { signal, type SignalInput } from './signals.ts';
export { command, nonEmptyText, processName, programCommand, text, textOf } from './texts.ts';
export { boolean, booleanOr, loggingLevel, oneOf, type BooleanInput, type LoggingLevel } from './words.ts';
