import { isAbsolute, resolve } from "node:path";

/** Files, env_file and bind mounts are relative to the first file's folder, whichever file they stand in. */
export const inFolder = (folder: string, file: string): string => (isAbsolute(file) ? file : resolve(folder, file));
