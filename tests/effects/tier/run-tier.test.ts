import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createActor } from "xstate";
import { createChildRegistry } from "../../../src/effects/children/registry.js";
import type { Engine } from "../../../src/effects/docker/engine.js";
import { runTier } from "../../../src/effects/tier/run-tier.js";
import { firstFacts } from "../../../src/machines/tier/facts.js";
import { occasion, ownCode, writeProgram } from "../../support/own-code.js";
import { temporaryFolder, until } from "../../support/processes.js";

const version = { tag: null, commit: "0".repeat(40) };

test("a tier that is cut in its tests has told which passed, and tells which was cut off and which were not run", async () => {
  const [runDir, told] = [temporaryFolder(), [] as string[]];
  const begun = join(runDir, "begun");
  for (const [name, script] of [["10-passes", "exit 0"], ["20-hangs", `: >"${begun}"; exec sleep 300`], ["30-later", "exit 0"]] as const) writeProgram(`${runDir}/operator`, `tests/custom/${name}`, script);
  const code = ownCode({ scope: createChildRegistry().scope("work"), runDir, onOutput: () => undefined });
  const settings = { probe: { engine: {} as Engine, trust: () => undefined }, code, onTest: (_: string, { name, outcome }: { name: string; outcome: string }) => void told.push(`${outcome} ${name}`) };
  const actor = createActor(runTier(settings), { input: { tier: "custom", app: occasion.app, settings: occasion.settings, url: "http://127.0.0.1:1", facts: firstFacts(version), target: version } });
  actor.subscribe({ error: () => undefined });
  actor.start();
  await until("the second hangs", () => existsSync(begun));
  expect(told).toEqual(["passed 10-passes"]);
  actor.stop();
  await until("the rest is told", () => told.length > 1);
  expect(told).toEqual(["passed 10-passes", "failed 20-hangs: cut off before its end", "skipped 30-later: not run"]);
});
