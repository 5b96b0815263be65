import {
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import type { Caller, Ending } from "../shared/caller.js";
import { whyNot } from "../shared/quick-child.js";
import type { Engine } from "./api/route.js";
import { runTool } from "./tools.js";

/** How many tools may run at once; others wait for a free desk. */
const desksMax = 24;
/** Longer output of a tool goes through a file, because the shell reads lines byte by byte. */
const inlineBytesMax = 2_000;

/** How old an unfinished claim must be to count as abandoned: there are microseconds between a caller's two steps. ms */
const claimMs = 1_000;

interface Desk {
  readonly number: string;
  readonly folder: string;
  /** Open in both directions, so that neither end waits for the other; the caller notices if we die. */
  readonly answer: number;
  pid: number | null;
  gotInput: (() => void) | null;
}

const isAlive = (pid: number): boolean => {
  try {
    // A zombie does not count as alive: nobody has waited for it yet.
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
};

const parts = (file: string): readonly string[] => readFileSync(file, "utf8").split("\0").slice(0, -1);

/** The text as an argument of the shell's `printf %b`, on one line. */
const quoted = (text: string): string =>
  `'${text
    .replaceAll("\\", String.raw`\\`)
    .replaceAll("\n", String.raw`\n`)
    // eslint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u001F]/g, (char) => `\\0${char.charCodeAt(0).toString(8).padStart(3, "0")}`)
    .replaceAll("'", String.raw`'\''`)}'`;

/**
 * Here `sandbox/bin/docker` and `sandbox/bin/abra`, which are shell scripts, hand in their call and are told what to print
 * and how to end. Starting node for each of them was most of the cost of a sandbox's run.
 *
 * A caller takes a free desk, which is a folder with a FIFO, and writes the desk's number and its own pid into the door's
 * FIFO. Everything else is read from /proc. The answer is lines of shell.
 */
export class Door {
  readonly #engine: Engine;
  readonly #folder: string;
  readonly #desks: readonly Desk[];
  #rest = "";

  constructor(engine: Engine, folder: string) {
    this.#engine = engine;
    this.#folder = folder;
    const desks = join(folder, "desks");
    for (const old of [desks, join(folder, "desks.away")]) rmSync(old, { recursive: true, force: true });
    const made = join(folder, "desks.new");
    rmSync(made, { recursive: true, force: true });
    const numbers = Array.from({ length: desksMax }, (_, index) => String(index + 1));
    for (const number of numbers) mkdirSync(join(made, number), { recursive: true });
    const fifos = [join(made, "door"), ...numbers.map((number) => join(made, number, "answer"))];
    // The first caller waits for this.
    const trouble = whyNot("mkfifo", ["-m", "600", ...fifos]);
    if (trouble !== null) throw new Error(`the sandbox needs mkfifo (coreutils): ${trouble}`);
    const both = constants.O_RDWR | constants.O_NONBLOCK;
    this.#desks = numbers.map((number) => ({
      number,
      folder: join(desks, number),
      answer: openSync(join(made, number, "answer"), both),
      pid: null,
      gotInput: null,
    }));
    new Socket({ fd: openSync(join(made, "door"), both), readable: true, writable: false })
      .setEncoding("utf8")
      .on("data", (text: string) => this.#hear(text));
    renameSync(made, desks);
  }

  get isBusy(): boolean {
    return this.#desks.some(({ pid }) => pid !== null);
  }

  /** Frees the desks of callers that were killed. */
  tidy(): void {
    for (const desk of this.#desks) {
      if (desk.pid !== null) {
        if (!isAlive(desk.pid)) this.#free(desk);
        continue;
      }
      const claim = join(desk.folder, "taken");
      if (!existsSync(claim)) continue;
      const pid = this.#holderOf(desk);
      // A claim is empty between its creation and its writing: for a moment, or for ever if the caller was killed in between.
      const isAbandoned = pid > 0 ? !isAlive(pid) : Date.now() - statSync(claim).mtimeMs > claimMs;
      if (isAbandoned) this.#free(desk);
    }
  }

  /** Closes the door. If somebody is inside, changes nothing and returns false. */
  close(): boolean {
    if (this.isBusy || this.#desks.some(({ folder }) => existsSync(join(folder, "taken")))) return false;
    renameSync(join(this.#folder, "desks"), join(this.#folder, "desks.away"));
    return true;
  }

  open(): void {
    renameSync(join(this.#folder, "desks.away"), join(this.#folder, "desks"));
  }

  /** The pid in the desk's claim; 0: nobody's yet. */
  #holderOf({ folder }: Desk): number {
    const claim = join(folder, "taken");
    return existsSync(claim) ? Number(readFileSync(claim, "utf8")) : 0;
  }

  #free(desk: Desk): void {
    desk.pid = null;
    desk.gotInput = null;
    const left = Buffer.alloc(65_536);
    try {
      while (readSync(desk.answer, left) > 0);
    } catch {
      // Empty: the last caller has read everything.
    }
    for (const file of ["out", "err", "stdin", "taken"]) rmSync(join(desk.folder, file), { force: true });
  }

  #hear(text: string): void {
    const lines = `${this.#rest}${text}`.split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const [number, word = "", tool = ""] = line.split(" ");
      const desk = this.#desks.find((one) => one.number === number);
      if (desk === undefined) continue;
      // `7 stdin 4242`, `7 done 4242`: of a caller that has the desk; `7 4242 docker`: of one that has just taken it. Any of them may be
      // heard after that desk was found abandoned and given to the next.
      if (word === "done" || word === "stdin") {
        if (desk.pid !== Number(tool)) continue;
        if (word === "done") this.#free(desk);
        else desk.gotInput?.();
      } else if (this.#holderOf(desk) === Number(word)) this.#take(desk, Number(word), tool);
    }
  }

  #take(desk: Desk, pid: number, tool: string): void {
    this.#serve(desk, pid, tool).catch(() => {
      // The caller was killed before we could look at it.
      if (desk.pid === pid) this.#free(desk);
    });
  }

  #tell(desk: Desk, line: string): void {
    writeSync(desk.answer, `${line}\n`);
  }

  async #serve(desk: Desk, pid: number, tool: string): Promise<void> {
    desk.pid = pid;
    const said = { out: "", err: "" };
    let input: Promise<Buffer> | null = null;
    const readInput = (): Promise<Buffer> =>
      new Promise((resolve) => {
        desk.gotInput = () => resolve(readFileSync(join(desk.folder, "stdin")));
        this.#tell(desk, `cat >|"$desk/stdin"; echo "${desk.number} stdin ${pid}" 1<>"$door"`);
      });
    const [, , ...argv] = parts(`/proc/${pid}/cmdline`);
    const caller: Caller = {
      argv,
      env: Object.fromEntries(
        parts(`/proc/${pid}/environ`).map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
      ),
      cwd: readlinkSync(`/proc/${pid}/cwd`),
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      input: () => (input ??= readInput()),
      isGone: () => !isAlive(pid),
    };
    this.#tell(desk, "accepted=1");
    const ending = await runTool(this.#engine, tool, caller);
    if (desk.pid !== pid || !isAlive(pid)) return;
    this.#print(desk, "out", said.out, "");
    this.#print(desk, "err", said.err, " >&2");
    this.#tell(desk, this.#endOf(desk, pid, ending));
  }

  #print(desk: Desk, name: "out" | "err", text: string, to: string): void {
    if (text === "") return;
    const line = `printf '%b' ${quoted(text)}${to}`;
    if (Buffer.byteLength(line) <= inlineBytesMax) return this.#tell(desk, line);
    writeFileSync(join(desk.folder, name), text);
    this.#tell(desk, `cat "$desk/${name}"${to}`);
  }

  #endOf({ number }: Desk, pid: number, ending: Ending): string {
    const done = `echo "${number} done ${pid}" 1<>"$door"`;
    if (ending === "hang") return `${done}; exec sleep 86400`;
    if (ending === "hang-deaf") return `${done}; trap '' TERM INT HUP; exec sleep 86400`;
    return `${done}; exit ${ending}`;
  }
}
