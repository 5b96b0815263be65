import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { now, type Place } from "./place.js";

export interface LogLine {
  /** 1 is stdout, 2 is stderr. */
  readonly stream: 1 | 2;
  readonly at: string;
  readonly text: string;
}

/** Like the engine, cuts a longer line into several. */
const lineMax = 16 * 1024;
/** For one task; what it prints beyond this is not kept. */
const bytesMax = 4 * 1024 * 1024;

/** What tasks print: one file per task, one JSON document per line. */
export class Logs {
  readonly #place: Place;
  readonly #listeners = new Set<(taskId: string, line: LogLine) => void>();
  readonly #sizes = new Map<string, number>();

  constructor(place: Place) {
    this.#place = place;
  }

  /** Takes a stream of a task in pieces and keeps it line by line. `end` keeps the last line, even without a line end. */
  writer(taskId: string, stream: LogLine["stream"]): { readonly write: (piece: string) => void; readonly end: () => void } {
    let rest = "";
    const keep = (texts: readonly string[]): void =>
      this.#append(
        taskId,
        texts.map((text) => ({ stream, at: now(), text })),
      );
    return {
      write: (piece) => {
        const lines = `${rest}${piece}`.split("\n");
        rest = lines.pop() ?? "";
        const whole = lines.map((text) => `${text}\n`);
        while (rest.length > lineMax) {
          whole.push(rest.slice(0, lineMax));
          rest = rest.slice(lineMax);
        }
        if (whole.length > 0) keep(whole);
      },
      end: () => {
        if (rest !== "") keep([`${rest}\n`]);
        rest = "";
      },
    };
  }

  read(taskId: string): readonly LogLine[] {
    try {
      return readFileSync(this.#fileOf(taskId), "utf8")
        .split("\n")
        .flatMap((line) => (line === "" ? [] : [JSON.parse(line) as LogLine]));
    } catch {
      return []; // It has printed nothing yet.
    }
  }

  forget(taskId: string): void {
    this.#sizes.delete(taskId);
    rmSync(this.#fileOf(taskId), { force: true });
  }

  listen(listener: (taskId: string, line: LogLine) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #fileOf(taskId: string): string {
    return this.#place.path("logs", taskId);
  }

  #append(taskId: string, lines: readonly LogLine[]): void {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    const size = (this.#sizes.get(taskId) ?? 0) + text.length;
    this.#sizes.set(taskId, size);
    if (size <= bytesMax && this.#place.isThere()) appendFileSync(this.#fileOf(taskId), text);
    for (const line of lines) for (const listener of this.#listeners) listener(taskId, line);
  }
}
