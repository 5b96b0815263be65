import { existsSync, readFileSync, readSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "./calling-process.js";
import { printing, printingFile, toDoor, type Output } from "./shell.js";

/** Longer output of a tool goes through a file, because the shell reads lines byte by byte. */
const inlineBytesMax = 2_000;

/** How old an unfinished claim must be to count as abandoned: there are microseconds between a caller's two steps. ms */
const claimMs = 1_000;

/** A folder that serves one caller at a time: its claim, its FIFO for answers, and files for long input and output. */
export class Desk {
  readonly number: string;
  readonly #folder: string;
  readonly #answer: number;
  #pid: number | null = null;
  #gotInput: (() => void) | null = null;

  /** `answer`: its FIFO, open in both directions, so that neither end waits for the other; the caller notices if we die. */
  constructor(number: string, folder: string, answer: number) {
    this.number = number;
    this.#folder = folder;
    this.#answer = answer;
  }

  /** The caller that is served; null if there is none. */
  get pid(): number | null {
    return this.#pid;
  }

  /** The pid in the claim; 0: nobody's yet. */
  get claimedBy(): number {
    return this.isClaimed ? Number(readFileSync(this.#claim, "utf8")) : 0;
  }

  get isClaimed(): boolean {
    return existsSync(this.#claim);
  }

  serve(pid: number): void {
    this.#pid = pid;
  }

  tell(line: string): void {
    writeSync(this.#answer, `${line}\n`);
  }

  print(to: Output, text: string): void {
    if (text === "") return;
    const line = printing(text, to);
    if (Buffer.byteLength(line) <= inlineBytesMax) return this.tell(line);
    writeFileSync(join(this.#folder, to), text);
    this.tell(printingFile(to));
  }

  /** Asks the caller for all of its stdin. Never resolves if the caller is killed. */
  readInput(pid: number): Promise<Buffer> {
    return new Promise((resolve) => {
      this.#gotInput = () => resolve(readFileSync(join(this.#folder, "stdin")));
      this.tell(`cat >|"$desk/stdin"; ${toDoor(`${this.number} stdin ${pid}`)}`);
    });
  }

  /** The caller has written its stdin into the desk's file. */
  noteInput(): void {
    this.#gotInput?.();
  }

  free(): void {
    this.#pid = null;
    this.#gotInput = null;
    const left = Buffer.alloc(65_536);
    try {
      while (readSync(this.#answer, left) > 0);
    } catch {
      // Empty: the last caller has read everything.
    }
    for (const file of ["out", "err", "stdin", "taken"]) rmSync(join(this.#folder, file), { force: true });
  }

  /** Frees it if its caller was killed. */
  tidy(): void {
    if (this.#pid === null ? this.#isAbandoned() : !isAlive(this.#pid)) this.free();
  }

  /** A claim is empty between its creation and its writing: for a moment, or for ever if the caller was killed in between. */
  #isAbandoned(): boolean {
    if (!this.isClaimed) return false;
    const pid = this.claimedBy;
    return pid > 0 ? !isAlive(pid) : Date.now() - statSync(this.#claim).mtimeMs > claimMs;
  }

  get #claim(): string {
    return join(this.#folder, "taken");
  }
}
