/** supervisord.conf: from text to a document of the `config` plugin. */
export { glob } from './glob.ts';
export { parseConf, type ParsedConf, type ParsedOption, type ParsedSection } from './parse.ts';
export { documentOf, readSupervisordConf, type ReadContext } from './read.ts';
