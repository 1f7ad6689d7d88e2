/** Turns a configuration of one format into another: supervisord.conf, TypeScript, JSON and YAML. */
export { convert, FORMATS, type ConvertOptions, type Format } from './convert.ts';
export { writeConfiguration } from './write.ts';
