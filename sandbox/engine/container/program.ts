import { findExecutable } from "../../../src/effects/children/find-executable.js";
import { start, type Child, type Streams } from "../children.js";

const setpriv = findExecutable("setpriv", process.env["PATH"] ?? "");

/** Starts a program in a session of its own that the kernel kills with the engine, however that ends. */
export const startProgram = (argv: readonly [string, ...string[]], cwd: string, env: NodeJS.ProcessEnv, stdio: Streams): Child => {
  const [file, ...args] = setpriv === null ? argv : [setpriv, "--pdeathsig", "KILL", "--", ...argv];
  return start(file, args, { cwd, env }, stdio);
};

/** `KEY=value` texts as an environment; a key alone removes the variable. */
export const asEnvironment = (pairs: readonly string[]): NodeJS.ProcessEnv =>
  Object.fromEntries(
    pairs.flatMap((pair) => (pair.includes("=") ? [[pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]] : [])),
  );
