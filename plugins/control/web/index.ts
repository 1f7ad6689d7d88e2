/** The status page, and the ends of logs in a browser. */
export { WebPlugin } from './web-plugin.ts';
