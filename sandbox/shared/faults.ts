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
  /** Identifies this version of the file: each new one restarts the counts. */
  readonly writing: string;
}

/** Thrown loudly, because a fault that nobody carries out would make a test green. */
export class BadFaults extends Error {}

/** What applyFaults must do to a call, in order, before its work and after it. */
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

/** The world's faults.json, which is read at each call. `root`: the sandbox's folder. */
export class Faults {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** The acts that faults.json has for a call, in order. `subjects`: names of one and the same call, or `service <name>`. */
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

  /** The acts that apply every time. Asking does not count as a call. */
  standing(...subjects: readonly string[]): readonly string[] {
    return this.#read().list.flatMap((fault) =>
      fault.nth === undefined && subjects.some((subject) => isAbout(fault, subject)) ? fault.do : [],
    );
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

  /** The number of this call of its kind, counted across processes: whoever creates the file of a number has that number. */
  #count(key: string): number {
    const folder = join(this.#root, "world", "counters", createHash("sha256").update(key).digest("hex").slice(0, 16));
    mkdirSync(folder, { recursive: true });
    for (let n = readdirSync(folder).length + 1; ; n += 1) {
      try {
        closeSync(openSync(join(folder, String(n)), "wx"));
        return n;
      } catch {
        // Another call has that number, so ours is a later one.
      }
    }
  }
}
