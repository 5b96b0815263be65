import { ownProgram } from "./find-executable.js";

const setpriv = ownProgram("setpriv", process.env["PATH"] ?? "");

/** The kernel kills the child when we die by anything that leaves us no time. Grandchildren are the sweep's. */
const tie = setpriv === null ? [] : [setpriv, "--pdeathsig", "KILL", "--"];

export const tied = (file: string, args: readonly string[]): readonly [string, readonly string[]] => {
  const [first = file, ...more] = [...tie, file, ...args];
  return [first, more];
};

/** The command of a tied child as it was meant. */
export const withoutTie = (command: string): string => command.slice(tie.join(" ").length).trimStart();
