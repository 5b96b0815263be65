import type { TestResult } from "../../machines/vocabulary.js";
import type { Left } from "./cut-off.js";

/** A built-in test, or a program with all the tests that it reports. */
export interface TestDue {
  readonly name: string;
  readonly run: () => Promise<readonly TestResult[]>;
}

interface Turn {
  readonly due: TestDue;
  beganAt: number | null;
  results: readonly TestResult[] | null;
}

/** The tests of a tier: reports them in order as they end, and knows at any moment which are left. */
export class TestsInTurn {
  readonly #turns: readonly Turn[];
  readonly #tell: (result: TestResult) => void;
  /** How many tests have been reported. */
  #told = 0;
  #isCut = false;

  constructor(due: readonly TestDue[], tell: (result: TestResult) => void) {
    this.#turns = due.map((one) => ({ due: one, beganAt: null, results: null }));
    this.#tell = tell;
  }

  /** Runs one of them. Rejects as the test does. */
  async run(due: TestDue): Promise<void> {
    const turn = this.#turns.find((one) => one.due === due);
    if (turn === undefined) throw new Error(`${due.name} is none of these tests`);
    turn.beganAt = performance.now();
    const results = await due.run();
    if (this.#isCut) return;
    turn.results = results;
    for (let next = this.#next(); next !== null; next = this.#next()) for (const result of next) this.#tell(result);
  }

  /** Reports those that ended and waited for their turn, and nothing from here on. Returns the others. */
  cut(): readonly Left[] {
    this.#isCut = true;
    const turns = this.#turns.slice(this.#told);
    for (const { results } of turns) for (const result of results ?? []) this.#tell(result);
    return turns.flatMap(({ due: { name }, beganAt, results }) => (results === null ? [{ name, beganAt }] : []));
  }

  #next(): readonly TestResult[] | null {
    const results = this.#turns[this.#told]?.results ?? null;
    if (results !== null) this.#told += 1;
    return results;
  }
}
