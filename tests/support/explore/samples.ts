import { nothingAllowed } from "../nothing-allowed.js";
import { defaultBudgets } from "../../../src/machines/budgets.js";
import type { Plan, Version } from "../../../src/machines/plan.js";
import type { Facts } from "../../../src/machines/tier/facts.js";
import type { PreparedApp } from "../../../src/machines/deps/deps.types.js";
import type { Candidate } from "../../../src/machines/reap/reap.types.js";
import type {
  App,
  Cookie,
  Domain,
  Failure,
  LockCard,
  RecipeSettings,
  Residue,
  StackName,
  TestResult,
  UnaskedNode,
} from "../../../src/machines/vocabulary.js";

const minuteMs = 60_000;

export const budgets = defaultBudgets;
export const app: App = {
  recipe: "hello",
  domain: "hell-0a1b2c.ci.test" as Domain,
  stack: "hell-0a1b2c_ci_test" as StackName,
  commit: "c0ffee",
};
export const settings: RecipeSettings = {
  reach: "https://{domain}",
  health: { kind: "http", path: null, statuses: [{ from: 100, to: 499 }], followsRedirects: true, inARow: 2 },
  ready: [],
  convergence: { monitorMs: 5_000, crashDeaths: 5, crashMs: 90_000 },
  timeouts: { deployMs: 10 * minuteMs, probeMs: 3 * minuteMs, tierMs: 15 * minuteMs, hookMs: 5 * minuteMs },
  env: {},
  compose: [],
  upgradeEnv: {},
  stages: null,
  notApplicable: {},
  upgradeBase: null,
  upgradeAcknowledged: [],
  backup: "auto",
  backupVerify: null,
  freshRestore: false,
  clearedVolumes: [],
  deps: [],
  variants: [],
  tests: { limitMs: null, env: {} },
  screenshot: "",
  allow: nothingAllowed,
};
export const version: Version = { tag: null, commit: app.commit };
export const base: Version = { tag: "1.0.0+1.0", commit: "ba5e" };
export const dep = (n: number): PreparedApp => ({
  app: { ...app, recipe: `dep${n}`, domain: `dep${n}-00000a.ci.test` as Domain, stack: `dep${n}-00000a_ci_test` as StackName },
  settings,
  version: base,
});
export const facts: Facts = { version, markers: [], updatesBefore: {}, labels: null, asked: null, snapshot: null };
export const plan: Plan = { rounds: [{ deploys: version, tiers: ["install", "custom"] }], skips: [] };
export const failure: Failure = { code: "tier-failed", message: "it went wrong", hint: "Do something.", exitCode: 1, details: [] };
export const outOfTime: Failure = { code: "out-of-time", message: "cut to 42 s", hint: "Raise --deadline.", exitCode: 142, details: [] };
export const card: LockCard = { runId: "41", pid: 4_100, runDir: null, link: null, since: null };
export const cookie = "c00c1e" as Cookie;
export const volume: Residue = { kind: "volume", name: `${app.stack}_data` };
export const remoteVolume: Residue = { kind: "volume", name: `${app.stack}_data on worker` };
export const silentNode: UnaskedNode = { node: "worker", why: "it is down" };
export const passedTest: TestResult = { name: "answers", outcome: "passed", durationMs: 5, message: null };
export const failedTest: TestResult = { name: "answers", outcome: "failed", durationMs: 5, message: "no answer" };
export const skippedTest: TestResult = { name: "answers", outcome: "skipped", durationMs: 0, message: null };

export const candidate = (n: number): Candidate => ({
  domain: `app-00000${n}.ci.test` as Domain,
  stack: `app-00000${n}_ci_test` as StackName,
  seenAs: ["volume"],
  adopted: false,
});

export const heldApp = {
  candidate: candidate(6),
  outcome: { kind: "kept", why: "its lock is held by a live process", held: true, warning: null },
};
export const reapedApp = { candidate: candidate(1), outcome: { kind: "reaped" } };
