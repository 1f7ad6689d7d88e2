/** supervisord.conf as a text: what its sections and options are, and printing them. */
export { commentsIn, type Comments } from './comments.ts';
export { glob } from './glob.ts';
export { parseConf, type ParsedConf, type ParsedOption } from './parse.ts';
export { canPrint, canPrintTitle, printConf, type PrintedOption, type PrintedSection } from './print.ts';
