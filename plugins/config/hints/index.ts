/** What could be better in a configuration that is right. */
export { findHints } from './find.ts';
