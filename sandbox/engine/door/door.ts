import { renameSync } from "node:fs";
import { Socket } from "node:net";
import type { Caller } from "../../shared/caller.js";
import type { Engine } from "../api/route.js";
import { runTool } from "../tools.js";
import { callOf, isAlive } from "./calling-process.js";
import type { Desk } from "./desk.js";
import { layOut, placesIn } from "./lay-out.js";
import { endingWith, toDoor } from "./shell.js";

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
    const { desks, door } = layOut(folder);
    this.#desks = desks;
    new Socket({ fd: door, readable: true, writable: false }).setEncoding("utf8").on("data", (text: string) => this.#hear(text));
  }

  get isBusy(): boolean {
    return this.#desks.some(({ pid }) => pid !== null);
  }

  /** Frees the desks of callers that were killed. */
  tidy(): void {
    for (const desk of this.#desks) desk.tidy();
  }

  /** Closes the door. If somebody is inside, changes nothing and returns false. */
  close(): boolean {
    if (this.isBusy || this.#desks.some(({ isClaimed }) => isClaimed)) return false;
    const { open, closed } = placesIn(this.#folder);
    renameSync(open, closed);
    return true;
  }

  open(): void {
    const { open, closed } = placesIn(this.#folder);
    renameSync(closed, open);
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
        if (word === "done") desk.free();
        else desk.noteInput();
      } else if (desk.claimedBy === Number(word)) this.#take(desk, Number(word), tool);
    }
  }

  #take(desk: Desk, pid: number, tool: string): void {
    this.#serve(desk, pid, tool).catch(() => {
      // The caller was killed before we could look at it.
      if (desk.pid === pid) desk.free();
    });
  }

  async #serve(desk: Desk, pid: number, tool: string): Promise<void> {
    desk.serve(pid);
    const said = { out: "", err: "" };
    let input: Promise<Buffer> | null = null;
    const caller: Caller = {
      ...callOf(pid),
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      input: () => (input ??= desk.readInput(pid)),
      isGone: () => !isAlive(pid),
    };
    desk.tell("accepted=1");
    const ending = await runTool(this.#engine, tool, caller);
    if (desk.pid !== pid || !isAlive(pid)) return;
    desk.print("out", said.out);
    desk.print("err", said.err);
    desk.tell(`${toDoor(`${desk.number} done ${pid}`)}; ${endingWith(ending)}`);
  }
}
