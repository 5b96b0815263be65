import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { basename, delimiter, resolve } from "node:path";

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false; // It is missing, or we may not run it: the next folder may have it.
  }
};

/** The absolute path of a command as a shell in that folder would find it, or null. */
export const findExecutable = (name: string, path: string, cwd = "."): string | null => {
  const folders = name.includes("/") ? ["."] : path.split(delimiter);
  const files = folders.map((folder) => resolve(cwd, folder, name));
  return files.find(isExecutable) ?? null;
};

/** The same, but null if the command is BusyBox, whose tools lack the options of util-linux. */
export const ownProgram = (name: string, path: string): string | null => {
  const file = findExecutable(name, path);
  return file === null || basename(realpathSync(file)) === "busybox" ? null : file;
};
