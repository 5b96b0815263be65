import { afterEach, beforeEach, expect, test } from "vitest";
import { runBatch, type BatchEnd } from "../../torture/batch.js";
import type { BatchPlan } from "../../torture/plan.js";
import { janitorPass } from "../worlds/janitor-pass.js";
import { sandboxWorld } from "../worlds/sandbox-world.js";
import type { World } from "../worlds/world.js";
import { findLeaksAtRest } from "./oracle.js";

let world: World;
beforeEach(() => {
  world = sandboxWorld();
});
afterEach(() => world.dispose());

const killedInTest: BatchPlan = {
  seed: 1,
  number: 0,
  faults: [],
  fullDisk: null,
  runs: [
    {
      id: "killed",
      recipe: "notes",
      pr: 1,
      harm: { kind: "signal", name: "SIGKILL", target: "everything", twice: false },
      moment: { phase: "test", afterMs: 0 },
    },
  ],
};

test("a batch whose run is killed fails for as long as nobody cleans up, and says what it found", async () => {
  const { findings, harmed, story }: BatchEnd = await runBatch(killedInTest, world, { withJanitor: false });
  const kinds = new Set(findings.map(({ kind }) => kind));
  expect(harmed).toBe(1);
  for (const kind of ["service", "container", "network", "file", "env", "process", "record"] as const) expect(kinds, story).toContain(kind);
  expect(story).toContain("SIGKILL to everything");
  expect(story).toContain("→ holding.running.test");

  const { code, report } = await janitorPass(world);
  expect(code, report).toBe(0);
  expect(await findLeaksAtRest(world.oracle)).toEqual([]);
});

test("a run that nobody harms and that is red fails its batch", async () => {
  const batch: BatchPlan = { ...killedInTest, runs: killedInTest.runs.map((run) => ({ ...run, id: "red", harm: { kind: "none" } })) };
  const { findings } = await runBatch(batch, { ...world, sourceOf: () => ["--ref", "no-such-ref"] });
  expect(findings).toMatchObject([{ kind: "verdict", what: expect.stringContaining("to whom nothing was done") as string }]);
});
