/** A program of the operator's may use docker. */
interface Act {
  /** Null: what a tier is named after, done by the run itself. */
  readonly program: string | null;
  readonly from: number;
  until: number;
}

/** The engine's clock is known to a fraction of a second, and what docker was asked for it may do a moment later. ms */
const slackMs = 1_000;

/** What the run does, or lets the operator's programs do, that may change the app's services; times by `performance.now()`. */
export class OwnActs {
  readonly #acts: Act[] = [];

  async during<T>(program: string | null, act: () => Promise<T>): Promise<T> {
    const noted: Act = { program, from: performance.now(), until: Number.POSITIVE_INFINITY };
    this.#acts.push(noted);
    try {
      return await act();
    } finally {
      noted.until = performance.now();
    }
  }

  /** What was under way at that moment, or had just ended; null where nothing was, so that the run had no hand in it. */
  at(time: number): Pick<Act, "program"> | null {
    return this.#acts.findLast(({ from, until }) => from - slackMs <= time && time <= until + slackMs) ?? null;
  }
}
