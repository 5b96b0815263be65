import { readFileSync } from "node:fs";
import { ownProgram } from "./find-executable.js";

const ours = (name: string): string | null => ownProgram(name, process.env["PATH"] ?? "");
const setpriv = ours("setpriv");

/** If we die without time to act, the kernel kills the child. Grandchildren are left to the next holder's sweep. */
const tie = setpriv === null ? [] : [setpriv, "--pdeathsig", "KILL", "--"];

/** Bytes that this process may write into one file. */
const ownFileBytesMax = (): number => {
  const [, soft = ""] = /^Max file size +(\d+) /m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  return soft === "" ? Infinity : Number(soft);
};

/**
 * What limits the child's files. Nothing does where the host's own limit is lower: root could raise it, and a file too large is then the
 * host's doing.
 */
const limit = (fileBytesMax: number | undefined): readonly string[] => {
  if (fileBytesMax === undefined) return [];
  const prlimit = ours("prlimit");
  return prlimit === null || ownFileBytesMax() <= fileBytesMax ? [] : [prlimit, `--fsize=${fileBytesMax}`, "--"];
};

interface Tied {
  readonly file: string;
  readonly args: readonly string[];
  /** The command as execa tells it, without what was put before it. */
  readonly bare: (command: string) => string;
}

/** A command that dies with us. It gets SIGXFSZ if it writes more than `fileBytesMax` bytes into one file. */
export const tied = (executable: string, args: readonly string[], fileBytesMax?: number): Tied => {
  const before = [...tie, ...limit(fileBytesMax)];
  const [file = executable, ...more] = [...before, executable, ...args];
  return { file, args: more, bare: (command) => command.slice(before.join(" ").length).trimStart() };
};
