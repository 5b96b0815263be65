import type { Abra } from "../abra.js";

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * abra under util-linux's `script`, which gives it a terminal and returns its exit code. `script`: an Abra whose executable is `script`.
 */
export const inTerminal =
  (abra: string, script: Abra): Abra =>
  (args, call) =>
    script(["--quiet", "--return", "--flush", "--command", [abra, ...args].map(quoted).join(" "), "/dev/null"], call);
