import { ownProgram } from "./find-executable.js";

const setpriv = ownProgram("setpriv", process.env["PATH"] ?? "");

/** If we die without time to act, the kernel kills the child. Grandchildren are left to the next holder's sweep. */
const tie = setpriv === null ? [] : [setpriv, "--pdeathsig", "KILL", "--"];

export const tied = (file: string, args: readonly string[]): readonly [string, readonly string[]] => {
  const [first = file, ...more] = [...tie, file, ...args];
  return [first, more];
};

/** The command of a tied child without the tie. */
export const withoutTie = (command: string): string => command.slice(tie.join(" ").length).trimStart();
