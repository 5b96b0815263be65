import type { ExitCode } from "./exit-code.js";
import type { FailureCode } from "./failures.js";
import type { Tier } from "./tiers/tier.js";

/** A string that must not be mixed up with other strings. Each brand is minted in one place. */
type Brand<Name extends string> = string & { readonly brand: Name };

/** `[A-Za-z0-9._-]{1,64}`; a build number in CI, `manual-<pid>` by hand. */
export type RunId = Brand<"RunId">;
/** The domain of one deployment of a recipe; also the app's name for abra. */
export type Domain = Brand<"Domain">;
/** The domain with `.` turned into `_`: the prefix of every object that the Swarm holds for an app. */
export type StackName = Brand<"StackName">;
/** Random per run, and only in the environment of its children: survivors are found by it. */
export type Cookie = Brand<"Cookie">;

/** Why a run ended early. */
export type StopCause = "TERM" | "INT" | "HUP" | "deadline" | "parent" | "epipe" | "lost-lock";

export type ResidueKind = "service" | "container" | "volume" | "secret" | "config" | "network" | "env" | "process";

/** One thing that carries a run app's name and should be gone. */
export interface Residue {
  readonly kind: ResidueKind;
  readonly name: string;
}

/** A failure as data: what context, record and report keep of an error. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly hint: string;
  readonly exitCode: ExitCode;
  /** What a person should see first: last log lines, task errors. Already redacted. */
  readonly details: readonly string[];
}

export type Verdict =
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly failure: Failure }
  /** `cut`: what the deadline cut short, if it came while something was being waited for. */
  | { readonly kind: "stopped"; readonly cause: StopCause; readonly cut?: Failure };

/** A node of the Swarm that could not be asked what is on it, and why. */
export interface UnaskedNode {
  readonly node: string;
  readonly why: string;
}

/**
 * `unverified`: nothing is left where we could look, but these nodes could not be asked.
 * `unknown`: teardown was not ours to do (another run owns the app), or nothing was ever touched.
 */
export type Cleanliness =
  | { readonly kind: "clean" }
  | { readonly kind: "dirty"; readonly residue: readonly Residue[] }
  | { readonly kind: "unverified"; readonly nodes: readonly UnaskedNode[] }
  | { readonly kind: "unknown" };

/** The app under test: everything that an effect needs to act on it. */
export interface App {
  readonly recipe: string;
  readonly domain: Domain;
  readonly stack: StackName;
  /** Full commit under test. */
  readonly commit: string;
}

export type { ExitCode } from "./exit-code.js";
export type { RecipeSettings } from "./recipe-settings.js";
export { tiers, type Tier } from "./tiers/tier.js";

/** Who holds a lock, as the holder recorded it. For people only: whether it is held is the kernel's to say. */
export interface LockCard {
  readonly runId: string | null;
  readonly pid: number | null;
  readonly runDir: string | null;
  readonly link: string | null;
  /** ISO 8601. */
  readonly since: string | null;
}

/** One test as reported in JUnit and results. */
export interface TestResult {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly durationMs: number;
  /** Why it failed or was skipped, if anything was said; redacted. */
  readonly message: string | null;
}

/** The outcome of a tier. `unverified`: it should have shown something and did not, which is red. */
export type TierOutcome =
  | { readonly kind: "pass" }
  | { readonly kind: "fail"; readonly failure: Failure }
  | { readonly kind: "skip"; readonly reason: string }
  | { readonly kind: "unverified"; readonly failure: Failure };

export interface TierResult {
  readonly tier: Tier;
  readonly outcome: TierOutcome;
  readonly tests: readonly TestResult[];
}
