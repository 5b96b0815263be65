import { existsSync } from "node:fs";
import { join } from "node:path";
import type { AnyMachineSnapshot, AnyStateMachine } from "xstate";
import { readRun, seemsAlive, standingOf } from "../../effects/record/read-runs.js";
import { followFile, type Following } from "./follow-file.js";
import type { Frame } from "./frame.js";
import { maskedJson } from "./mask.js";
import { parseTraceLine } from "./read-trace.js";
import { Replay, type Replayed } from "./replay.js";
import { StatelyStory } from "./stately.js";
import type { Feed } from "./viewer.js";

interface RunWatchSettings {
  readonly runDir: string;
  readonly charts: Readonly<Record<string, AnyStateMachine>>;
  /** Called when there are new frames or the run's record has changed. */
  readonly onNews: () => void;
}

/** How often to check the run's record and whether its process lives. ms */
const recordPollMs = 500;

const contextMax = 256 * 1024;

/** A line that cannot be read is shown as such, in its place: without it the view would misrepresent the record. */
const unreadable = (n: number, at: string): Frame => ({
  n,
  at,
  actor: "",
  event: { type: "unreadable line" },
  active: [],
  leaves: [],
  passed: [],
  taken: [],
  invoked: [],
  status: "active",
  note: "this line of events.jsonl is not a trace line",
});

/**
 * A run's folder as viewers see it, live or finished: frames in order, the record, and contexts on demand.
 *
 * It only reads what is on disk, so it needs nothing from the run's process and cannot disturb it.
 */
export class RunWatch {
  readonly #settings: RunWatchSettings;
  readonly #replay: Replay;
  readonly #story: StatelyStory;
  readonly #replayed: Replayed[] = [];
  readonly #frames: string[] = [];
  readonly #told: string[] = [];
  #toldUpTo = 0;
  #summary = "null";
  #over = false;
  readonly #following: Following;
  readonly #recordPoll: NodeJS.Timeout;

  constructor(settings: RunWatchSettings) {
    this.#settings = settings;
    this.#replay = new Replay(settings.charts);
    this.#story = new StatelyStory(settings.charts);
    this.#lookAtRecord();
    this.#following = followFile({
      file: join(settings.runDir, "events.jsonl"),
      onLine: (line) => this.#take(line),
      onLook: () => {
        this.#lookAtRecord();
        settings.onNews();
      },
    });
    this.#recordPoll = setInterval(() => this.#tick(), recordPollMs);
    this.#tick();
  }

  /** Whether the run has ended, in whatever way: nothing will be added. */
  get isOver(): boolean {
    return this.#over;
  }

  /** The record as JSON, without the cookie: how the run stands, and its phases. */
  get summary(): string {
    return this.#summary;
  }

  readonly frames: Feed = { length: () => this.#frames.length, message: (index) => this.#frames[index] ?? "" };

  /** The same in the Stately inspector's protocol. It is brought up to date when its length is read. */
  readonly stately: Feed = {
    length: () => {
      for (; this.#toldUpTo < this.#replayed.length; this.#toldUpTo += 1) {
        const replayed = this.#replayed[this.#toldUpTo];
        if (replayed === undefined || replayed.frame.actor === "") continue;
        for (const event of this.#story.tell(replayed)) this.#told.push(JSON.stringify(event));
      }
      return this.#told.length;
    },
    message: (index) => this.#told[index] ?? "",
  };

  /** The actor's context after frame `n`, masked, as JSON; `null` if it is not known. */
  contextOf(n: number): string {
    const snapshot: AnyMachineSnapshot | null = this.#replayed[n - 1]?.snapshot ?? null;
    return snapshot === null ? "null" : maskedJson(snapshot.context, contextMax);
  }

  close(): void {
    clearInterval(this.#recordPoll);
    this.#following.close();
  }

  #take(text: string): void {
    const line = parseTraceLine(text);
    const n = this.#replayed.length + 1;
    const replayed = line === null ? { frame: unreadable(n, new Date().toISOString()), snapshot: null } : this.#replay.take(line, n);
    this.#replayed.push(replayed);
    this.#frames.push(JSON.stringify(replayed.frame));
  }

  #tick(): void {
    if (this.#over) return;
    const before = this.#summary;
    // Checked before reading, so that everything the run wrote before its end is read.
    const ended = this.#hasEnded();
    this.#following.look();
    this.#lookAtRecord();
    if (ended) this.#end();
    if (ended || before !== this.#summary) this.#settings.onNews();
  }

  #end(): void {
    this.#over = true;
    this.close();
    this.#lookAtRecord();
  }

  #hasEnded(): boolean {
    const { runDir } = this.#settings;
    const run = readRun(runDir);
    return run === null ? !existsSync(runDir) : !seemsAlive(runDir, run);
  }

  #lookAtRecord(): void {
    const run = readRun(this.#settings.runDir);
    if (run === null) return;
    const { cookie: _, ...rest } = run;
    this.#summary = maskedJson({ ...rest, how: standingOf(this.#settings.runDir, run) });
  }
}
