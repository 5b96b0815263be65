import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

interface Fault {
  readonly when: string;
  readonly nth?: number;
  readonly do: string | readonly string[];
}

interface FaultList {
  readonly list: readonly Fault[];
  /** Which writing of the file this is: each one starts the counts anew. */
  readonly writing: string;
}

/** A fault that nobody carries out would make a test read green, so both of these are as loud as can be. */
export class BadFaults extends Error {}

/** What a call is to applyFaults, in order: before its work, and after it. */
export type Pain =
  | { readonly kind: "slow"; readonly ms: number }
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "hang" | "hang-deaf" | "garbage" | "then-hang" };

const isAbout = ({ when }: Fault, subject: string): boolean => subject === when || subject.startsWith(`${when} `);

const numberIn = (act: string): number => Number(act.slice(act.indexOf(":") + 1));

const painOf = (act: string): Pain => {
  if (act.startsWith("exit:")) return { kind: "exit", code: numberIn(act) };
  if (act.startsWith("slow:")) return { kind: "slow", ms: numberIn(act) };
  if (act === "hang" || act === "hang-deaf" || act === "garbage" || act === "then-hang") return { kind: act };
  throw new BadFaults(`faults.json: no such thing to do: ${act}`);
};

/** The world's faults.json, read at each call. `root`: the sandbox's folder. */
export class Faults {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** What the faults say about this: each act, in order. `subjects`: words for one and the same call, or `service <name>`. */
  actsFor(...subjects: readonly string[]): readonly string[] {
    const { list, writing } = this.#read();
    return list.flatMap((fault, index) => {
      if (!subjects.some((subject) => isAbout(fault, subject))) return [];
      if (fault.nth !== undefined && this.#count(`${index} ${writing}`) !== fault.nth) return [];
      return fault.do;
    });
  }

  painsFor(...subjects: readonly string[]): readonly Pain[] {
    return this.actsFor(...subjects).map(painOf);
  }

  /** Those that hold every time. Asking does not count as a call. */
  standing(...subjects: readonly string[]): readonly string[] {
    return this.#read().list.flatMap((fault) => (fault.nth === undefined && subjects.some((subject) => isAbout(fault, subject)) ? fault.do : []));
  }

  #read(): FaultList {
    const file = join(this.#root, "faults.json");
    try {
      const text = readFileSync(file, "utf8");
      const { ino, mtimeMs } = statSync(file);
      return { list: JSON.parse(text) as readonly Fault[], writing: `${ino} ${mtimeMs} ${text}` };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return { list: [], writing: "" };
      throw new BadFaults(`${file} cannot be read: ${String(error)}`);
    }
  }

  /** Which call of its kind this is, counted across processes: whoever makes the file of a number has that number. */
  #count(key: string): number {
    const folder = join(this.#root, "world", "counters", createHash("sha256").update(key).digest("hex").slice(0, 16));
    mkdirSync(folder, { recursive: true });
    for (let n = readdirSync(folder).length + 1; ; n += 1) {
      try {
        closeSync(openSync(join(folder, String(n)), "wx"));
        return n;
      } catch {
        // Somebody else is that one: we are a later one.
      }
    }
  }
}
