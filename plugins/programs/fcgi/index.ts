/** Programs that share a listening socket on descriptor 0. */
export { FcgiPlugin } from './fcgi-plugin.ts';
export { FCGI_ERRORS, type FcgiErrorCode } from './errors.ts';
export { fcgiOptions, type FcgiSocket, type FcgiValues } from './options.ts';
