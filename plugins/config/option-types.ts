/**
 * The types of options. Each accepts what a typed configuration writes (`true`, `['a', 'b']`, `50 * 1024 * 1024`) and what
 * supervisord.conf writes (`yes`, `a, b`, `50MB`), and yields one form for both. Spellings are Supervisor's (datatypes.py).
 */
export { environment, exitCodes, stringList, wordsOf } from './option-types/lists.ts';
export { inetAddress, owner, userName, type Owner } from './option-types/names.ts';
export { byteSize, count, integer, octalMode } from './option-types/numbers.ts';
export { directoryPath, existingDirectory, filePath, logFile, logPath, type LogFile } from './option-types/paths.ts';
export { signal } from './option-types/signals.ts';
export { command, nonEmptyText, text } from './option-types/texts.ts';
export { boolean, booleanOr, loggingLevel, type LoggingLevel } from './option-types/words.ts';
