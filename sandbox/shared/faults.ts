import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

interface Fault {
  readonly when: string;
  readonly nth?: number;
  readonly do: string | readonly string[];
}

interface Faults {
  readonly list: readonly Fault[];
  /** Which writing of the file this is: each one starts the counts anew. */
  readonly writing: string;
}

export const sandboxRoot = (): string => {
  const root = process.env["RECIPE_CI_SANDBOX"];
  if (root === undefined || root === "") {
    process.stderr.write("RECIPE_CI_SANDBOX is not set: this is a stand-in, and it needs a folder for its world\n");
    process.exit(125);
  }
  return root;
};

const readFaults = (): Faults => {
  const file = join(sandboxRoot(), "faults.json");
  try {
    const text = readFileSync(file, "utf8");
    const { ino, mtimeMs } = statSync(file);
    return { list: JSON.parse(text) as readonly Fault[], writing: `${ino} ${mtimeMs} ${text}` };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { list: [], writing: "" };
    process.stderr.write(`${file} cannot be read: ${String(error)}\n`);
    process.exit(125);
  }
};

/** Which call of its kind this is, counted across processes: whoever makes the file of a number has that number. */
const count = (key: string): number => {
  const folder = join(sandboxRoot(), "world", "counters", createHash("sha256").update(key).digest("hex").slice(0, 16));
  mkdirSync(folder, { recursive: true });
  for (let n = readdirSync(folder).length + 1; ; n += 1) {
    try {
      closeSync(openSync(join(folder, String(n)), "wx"));
      return n;
    } catch {
      // Somebody else is that one: we are a later one.
    }
  }
};

const isAbout = ({ when }: Fault, subject: string): boolean => subject === when || subject.startsWith(`${when} `);

/** What the faults say about this call: each thing to do, in order. `subject`: a command's words, or `service <name>`. */
export const faultsFor = (subject: string): readonly string[] => {
  const { list, writing } = readFaults();
  return list.flatMap((fault, index) => {
    if (!isAbout(fault, subject)) return [];
    if (fault.nth !== undefined && count(`${index} ${writing}`) !== fault.nth) return [];
    return fault.do;
  });
};

/** Those that hold every time. Asking does not count as a call. */
export const standingFaults = (subjects: readonly string[]): readonly string[] =>
  readFaults().list.flatMap((fault) => (fault.nth === undefined && subjects.some((subject) => isAbout(fault, subject)) ? fault.do : []));

const numberIn = (act: string): number => Number(act.slice(act.indexOf(":") + 1));

const hang = (isDeaf: boolean): Promise<never> => {
  if (isDeaf) for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);
  setInterval(() => undefined, 60_000);
  return new Promise(() => undefined);
};

/**
 * Carries out what is asked of this call before its own work. Returns what to do after it. `complain` is how the tool
 * that we stand for says that it gives up.
 */
export const suffer = async (words: readonly string[], complain: (text: string) => void): Promise<() => Promise<void>> => {
  let after = async (): Promise<void> => undefined;
  for (const act of faultsFor(words.join(" "))) {
    if (act.startsWith("exit:")) {
      if (numberIn(act) !== 0) complain(`${words.slice(0, 3).join(" ")}: told to fail by faults.json`);
      process.exit(numberIn(act));
    } else if (act === "hang") await hang(false);
    else if (act === "hang-deaf") await hang(true);
    else if (act === "garbage") {
      process.stdout.write("\u0000\u001B[31m%%% not what you asked for %%%\n");
      process.exit(0);
    } else if (act.startsWith("slow:")) await new Promise((resolve) => setTimeout(resolve, numberIn(act)));
    else if (act === "then-hang") after = () => hang(false);
    else {
      process.stderr.write(`faults.json: no such thing to do: ${act}\n`);
      process.exit(125);
    }
  }
  return after;
};
