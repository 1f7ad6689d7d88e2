/** supervisord.conf: from text to a document of the `config` plugin, and back to text. */
export { commentsIn, type Comments } from './comments.ts';
export { glob } from './glob.ts';
export { parseConf, type ParsedConf, type ParsedOption, type ParsedSection } from './parse.ts';
export { canPrint, canPrintTitle, printConf, type PrintedOption, type PrintedSection } from './print.ts';
export { documentOf, readSupervisordConf, type ReadContext } from './read.ts';
