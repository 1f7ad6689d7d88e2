/** Files and folders at paths that other users can change. The one place that decides which names are trusted. */
export { Folder, isSameFile, refusal, type OpenOptions } from './folder.ts';
export { LONGEST_SOCKET_PATH, NewSocket, socketPath } from './new-socket.ts';
export { locate, lookAt, openFile, openFolder, type Located, type LocateOptions } from './walk.ts';
export type { FolderTrust } from './trust.ts';
