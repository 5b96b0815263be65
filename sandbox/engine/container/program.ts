import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { start, type Child, type Streams } from "../children.js";

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

const setpriv = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "setpriv")).find(isExecutable) ?? null;

/** Starts a program in a session of its own that the kernel kills with the engine, however that ends. */
export const startProgram = (argv: readonly [string, ...string[]], cwd: string, env: NodeJS.ProcessEnv, stdio: Streams): Child => {
  const [file, ...args] = setpriv === null ? argv : [setpriv, "--pdeathsig", "KILL", "--", ...argv];
  return start(file, args, { cwd, env }, stdio);
};

/** `KEY=value` texts as an environment; a key alone is one that is taken out of it. */
export const asEnvironment = (pairs: readonly string[]): NodeJS.ProcessEnv =>
  Object.fromEntries(pairs.flatMap((pair) => (pair.includes("=") ? [[pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]] : [])));
