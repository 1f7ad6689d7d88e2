/** Files and folders by paths that others can change: the one place that decides which names are believed. */
export { Folder, isSameFile, refusal, type OpenOptions } from './folder.ts';
export { LONGEST_SOCKET_PATH, NewSocket, socketPath } from './new-socket.ts';
export { locate, lookAt, openFile, openFolder, type Located, type LocateOptions } from './walk.ts';
export type { FolderTrust } from './trust.ts';
