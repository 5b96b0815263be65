import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Service, Task } from "../../../src/effects/docker/engine-schema.js";
import { stackSnapshot } from "../../../src/effects/docker/stack-snapshot.js";
import { judgeStack, unsettledServices, type Judgement } from "../../../src/machines/convergence/judge-stack.js";
import { whyUnsteady } from "../../../src/machines/convergence/judge-steady.js";
import { follow, watchFromNow, type StackWatch } from "../../../src/machines/convergence/stack-watch.js";
import type { ConvergenceRules, StackSnapshot } from "../../../src/machines/convergence/stack.types.js";
import { unsettledFailure } from "../../../src/machines/convergence/unsettled-failure.js";
import { settings } from "../../support/explore/samples.js";

interface Recorded {
  readonly name: string;
  /** What Docker's own wait came to in the same time. */
  readonly docker: string;
  readonly looks: readonly { readonly at: number; readonly services: readonly Service[]; readonly tasks: readonly Task[] }[];
}

const recorded = JSON.parse(readFileSync(new URL("../../support/stacks/recorded.json", import.meta.url), "utf8")) as readonly Recorded[];

const rules: ConvergenceRules = { monitorMs: 5_000, crashDeaths: 5, crashMs: 90_000 };

interface Course {
  /** The judgement of each look, after all before it. */
  readonly judgements: readonly Judgement[];
  readonly watch: StackWatch;
  /** The look at which it had first settled. */
  readonly settled: StackSnapshot | null;
  readonly last: StackSnapshot;
}

const courseOf = ({ looks }: Recorded): Course => {
  let watch = watchFromNow;
  let settled: StackSnapshot | null = null;
  const judgements: Judgement[] = [];
  for (const { at, services, tasks } of looks) {
    const look = stackSnapshot(at, services, tasks);
    watch = follow(watch, look, rules);
    const judgement = judgeStack(watch, rules);
    if (judgement.kind === "settled") settled ??= look;
    judgements.push(judgement);
  }
  if (watch.last === null) throw new Error("nothing was recorded");
  return { judgements, watch, settled, last: watch.last };
};

/** The verdict at the end of the time that the service was looked at; of what was still moving, what the deploy's limit would say. */
const verdictOf = ({ judgements, watch }: Course): string => {
  const end = judgements.find(({ kind }) => kind === "failed") ?? judgements.at(-1);
  if (end?.kind === "failed") return end.failure.code;
  return end?.kind === "settled"
    ? "settled"
    : `moving: ${unsettledFailure(watch, unsettledServices(watch, rules), settings.timeouts.deployMs).code}`;
};

const waits = "still waits";
const forEver = "waits for ever: it never calls a first deploy failed";
const counts = "counts running tasks only: what has ended is never running, however well it ended";

/** Scenario, our verdict, how Docker's own begins, and why they differ where they do. */
const expected: readonly (readonly [name: string, ours: string, docker: string, why: string | null])[] = [
  ["stays", "settled", "converged", null],
  ["three replicas", "settled", "converged", null],
  ["own monitor longer", "settled", "converged", null],
  ["dies at once", "moving: crash-loop", waits, null],
  ["dies after 2.5 s", "moving: crash-loop", waits, null],
  [
    "dies after 7 s",
    "moving: crash-loop",
    "converged",
    "stops looking after five seconds; the run sees the death, in the phase that it comes in",
  ],
  ["ends with 0 again and again", "moving: crash-loop", waits, null],
  ["comes up at the fourth try", "settled", "converged", null],
  ["one-shot that ends with 0", "settled", waits, counts],
  ["one-shot that ends with 3", "task-failed", waits, forEver],
  ["on-failure that ends with 0", "settled", waits, counts],
  ["attempts used up", "task-failed", waits, forEver],
  ["job", "settled", "converged", null],
  ["job that fails", "task-failed", waits, forEver],
  ["global job", "settled", "converged", null],
  ["global", "settled", "converged", null],
  ["global without an eligible node", "settled", waits, "waits for a node that could take it; none is wanted, so none is missing"],
  ["nothing wanted", "settled", waits, "takes its five seconds also where there is nothing to watch"],
  ["never healthy", "moving: crash-loop", waits, null],
  ["pending for a constraint", "moving: not-placed", waits, null],
  ["pending for memory", "moving: not-placed", waits, null],
  ["pending for a port", "moving: not-placed", waits, null],
  ["pending for replicas per node", "moving: not-placed", waits, null],
  ["image that is not there", "image-refused", waits, forEver],
  ["mount that is not there", "mount-refused", waits, forEver],
  ["program that is not there", "moving: crash-loop", waits, null],
  ["updated, stop first", "settled", "converged", null],
  ["updated, start first", "settled", "converged", null],
  ["update paused", "update-paused", "failed: service update paused", null],
  ["update rolled back", "rolled-back", "converged", "takes the old version that came back for the new one"],
  ["update that fails and goes on", "moving: crash-loop", "converged", "takes the update's end for the service's"],
  ["scaled up", "settled", "converged", null],
  ["scaled down", "settled", "converged", null],
];

test("every scenario was recorded, and has a row; there are more than fifty looks of a real Swarm", () => {
  expect(recorded.map(({ name }) => name)).toEqual(expected.map(([name]) => name));
  expect(recorded.flatMap(({ looks }) => looks).length).toBeGreaterThan(150);
});

const rows = expected.map(([name, ours, docker, why]) => ({ name, ours, docker, why, one: recorded.find((given) => given.name === name) }));

describe("a real Swarm's service", () => {
  test.each(rows)("$name: $ours; docker's own wait: $docker", ({ one, ours, docker, why }) => {
    if (one === undefined) throw new Error("not recorded");
    expect(verdictOf(courseOf(one))).toBe(ours);
    expect(one.docker.startsWith(docker), one.docker).toBe(true);
    const agree =
      (ours === "settled" && docker === "converged") ||
      (ours === "update-paused" && docker.startsWith("failed")) ||
      (ours.startsWith("moving") && docker === waits);
    expect(why === null, "the two agree, or there is a reason").toBe(agree);
  });

  test("that is updated has settled twice: before, and again by the new spec's own tasks", () => {
    for (const name of ["updated, stop first", "updated, start first"]) {
      const one = recorded.find((given) => given.name === name);
      if (one === undefined) throw new Error(`${name} was not recorded`);
      const { last, judgements } = courseOf(one);
      expect(judgements.some(({ kind }) => kind === "moving")).toBe(true);
      expect(last.services[0]?.tasks.filter(({ current }) => current)).toMatchObject([{ state: "running" }]);
      expect(
        last.services[0]?.tasks.filter(({ current }) => !current),
        name,
      ).toMatchObject([{ state: "shutdown" }]);
    }
  });

  test("that dies after it had settled is found by whoever watches on", () => {
    const one = recorded.find(({ name }) => name === "dies after 7 s");
    if (one === undefined) throw new Error("not recorded");
    const { looks } = one;
    const snapshots = looks.map(({ at, services, tasks }) => stackSnapshot(at, services, tasks));
    const running = snapshots.find(({ services }) => services[0]?.tasks.some(({ state }) => state === "running"));
    const since = running?.services[0]?.tasks.find(({ state }) => state === "running")?.since ?? 0;
    const settled = { at: since + 5_000, services: running?.services ?? [] };
    const watch = [running ?? settled, settled].reduce((before, look) => follow(before, look, rules), watchFromNow);
    expect(judgeStack(watch, rules).kind).toBe("settled");
    const after = snapshots.find(({ services }) => services[0]?.tasks.some(({ state }) => state === "failed"));
    if (after === undefined) throw new Error("its death was not recorded");
    expect(whyUnsteady({ watch, settled }, after, rules, "probing")).toMatchObject({
      code: "task-died",
      message: expect.stringContaining("died in probing after 7") as string,
    });
  });
});
