import { join } from "node:path";
import { failureOf } from "../../machines/run/verdict.js";
import type { Cleanliness, Cookie, ExitCode, Residue, StopCause, UnaskedNode, Verdict } from "../../machines/vocabulary.js";
import { sameFolder } from "../files/same-folder.js";
import { replaceFile } from "./atomic-file.js";
import { bestEffort } from "./best-effort.js";
import { spelledOut } from "./spelled-out.js";

interface PhaseRecord {
  readonly name: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** null while the phase lasts. */
  readonly durationMs: number | null;
}

/** run.json. `schema` changes with every change that could break a reader. */
export interface RunRecordFile {
  readonly schema: 1;
  readonly runId: string;
  readonly recipe: string;
  readonly ref: string | null;
  readonly pr: number;
  readonly domain: string | null;
  readonly stack: string | null;
  readonly cookie: Cookie;
  readonly pid: number;
  readonly link: string | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly state: string;
  readonly deadline: string;
  readonly verdict: Verdict["kind"] | null;
  readonly cause: StopCause | null;
  /** The code of the failure, or of what the deadline cut short. The whole failure is in results.json. */
  readonly failure: string | null;
  /** `unverified`: nothing is left where we could look; `unasked` names the nodes where we could not. */
  readonly cleanliness: "clean" | "dirty" | "unverified" | null;
  readonly residue: readonly Residue[];
  readonly unasked: readonly UnaskedNode[];
  /** null until the record is closed. A killed run never closes it. */
  readonly exitCode: ExitCode | null;
  readonly deploys: number;
  readonly phases: readonly PhaseRecord[];
}

/**
 * A run's own record of itself. Every change is in its file when the call returns; if the disk refuses, the run goes
 * on. If somebody replaced the run's folder, nothing is written into the new one.
 *
 * A closed record survives a crash of the host. An open one may be outdated or empty after such a crash, which does no
 * harm: what the run made is in its ledger, and no process of it lives.
 */
export class RunRecord {
  readonly #file: string;
  readonly #onTrouble: (error: unknown) => void;
  readonly #isOurFolder: () => boolean;
  #current: RunRecordFile;
  #trouble: unknown = null;
  #phaseBegan = performance.now();

  constructor(runDir: string, initial: RunRecordFile, onTrouble: (error: unknown) => void) {
    this.#file = join(runDir, "run.json");
    this.#isOurFolder = sameFolder(runDir);
    this.#current = initial;
    this.#onTrouble = onTrouble;
    this.#write("process");
  }

  get current(): RunRecordFile {
    return this.#current;
  }

  /** Why the newest state of the record is not on disk; null if it is. */
  get trouble(): unknown {
    return this.#trouble;
  }

  /** Whether the run's folder still exists and is still the same. */
  get hasFolder(): boolean {
    return this.#isOurFolder();
  }

  patch(fields: Partial<RunRecordFile>): void {
    this.#current = { ...this.#current, ...fields };
    this.#write(this.#current.exitCode === null ? "process" : "host");
  }

  /** Records the state that the run is in now and its phase. A phase ends when the next begins. */
  enter(state: string, phase: string | null): void {
    const open = this.#current.phases.at(-1);
    const same = phase === null || open?.name === phase;
    if (same && state === this.#current.state) return;
    this.patch({ state, ...(same ? {} : { phases: this.#withPhase(phase) }) });
  }

  close(verdict: Verdict, cleanliness: Cleanliness, exitCode: ExitCode): void {
    this.patch({
      state: "released",
      finishedAt: new Date().toISOString(),
      verdict: verdict.kind,
      cause: verdict.kind === "stopped" ? verdict.cause : null,
      failure: failureOf(verdict)?.code ?? null,
      cleanliness: cleanliness.kind === "unknown" ? null : cleanliness.kind,
      residue: cleanliness.kind === "dirty" ? cleanliness.residue : [],
      unasked: cleanliness.kind === "unverified" ? cleanliness.nodes : [],
      exitCode,
      phases: this.#closedPhases(),
    });
  }

  #closedPhases(): readonly PhaseRecord[] {
    const lasted = Math.round(performance.now() - this.#phaseBegan);
    return this.#current.phases.map((phase) => (phase.durationMs === null ? { ...phase, durationMs: lasted } : phase));
  }

  #withPhase(name: string): readonly PhaseRecord[] {
    const closed = this.#closedPhases();
    this.#phaseBegan = performance.now();
    return [...closed, { name, startedAt: new Date().toISOString(), durationMs: null }];
  }

  #write(survives: "host" | "process"): void {
    this.#trouble = null;
    bestEffort(
      () => {
        if (!this.hasFolder) throw new Error("the run's folder was removed or replaced");
        replaceFile(this.#file, `${spelledOut(JSON.stringify(this.#current, null, 2))}\n`, survives);
      },
      (error) => {
        this.#trouble = error;
        this.#onTrouble(error);
      },
    );
  }
}
