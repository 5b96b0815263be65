import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createActor } from "xstate";
import { createChildRegistry } from "../../../src/effects/children/registry.js";
import type { Engine } from "../../../src/effects/docker/engine.js";
import { runTier, type TierSettings } from "../../../src/effects/tier/run-tier.js";
import { firstFacts } from "../../../src/machines/tier/facts.js";
import { occasion, ownCode, writeProgram } from "../../support/own-code.js";
import { expectNoProcesses, isAlive, temporaryFolder, until } from "../../support/processes.js";

const version = { tag: null, commit: "0".repeat(40) };

type Programs = readonly (readonly [name: string, script: string])[];

/** The custom tier with these programs, and all results that it reports. */
const started = (runDir: string, programs: Programs) => {
  for (const [name, script] of programs) writeProgram(`${runDir}/operator`, `tests/custom/${name}`, script);
  const told: string[] = [];
  const scope = createChildRegistry().scope("work");
  const settings: TierSettings = {
    probe: { engine: {} as Engine, trust: () => undefined },
    code: ownCode({ scope, runDir }),
    onTest: (_, { name, outcome }) => void told.push(`${outcome} ${name}`),
    onCut: (_, left) => void told.push(...left.map(({ name, outcome, message }) => `${outcome} ${name}: ${message}`)),
  };
  const actor = createActor(runTier(settings), {
    input: {
      tier: "custom",
      app: occasion.app,
      settings: occasion.settings,
      url: "http://127.0.0.1:1",
      facts: firstFacts(version),
      target: version,
    },
  });
  actor.subscribe({ error: () => undefined });
  return { actor: actor.start(), told, scope };
};

test("when a tier is cut during a deaf test, it has reported which tests passed and reports at once which was cut off and which did not run", async () => {
  const runDir = temporaryFolder();
  const begun = join(runDir, "begun");
  const { actor, told, scope } = started(runDir, [
    ["10-passes", "exit 0"],
    ["20-hangs", `trap '' TERM; echo $$ >"${begun}"; while :; do sleep 1; done`],
    ["30-later", "exit 0"],
  ]);
  await until("the second hangs", () => existsSync(begun) && readFileSync(begun, "utf8").endsWith("\n"));
  expect(told).toEqual(["passed 10-passes"]);
  actor.stop();
  const all = ["passed 10-passes", "failed 20-hangs: cut off before its end", "skipped 30-later: not run"];
  expect(told).toEqual(all);
  await scope.drain(100);
  await expectNoProcesses(() => [Number(readFileSync(begun, "utf8"))].filter(isAlive));
  expect(told).toEqual(all);
});

test("when too many tests did not run, the first are named and the rest are counted", async () => {
  const runDir = temporaryFolder();
  const begun = join(runDir, "begun");
  const later = Array.from({ length: 60 }, (_, at) => [`${20 + at}-later`, "exit 0"] as const);
  const { actor, told, scope } = started(runDir, [["10-hangs", `: >"${begun}"; exec sleep 300`], ...later]);
  await until("the first hangs", () => existsSync(begun));
  actor.stop();
  expect(told).toHaveLength(51);
  expect([told[0], told[1], told.at(-1)]).toEqual([
    "failed 10-hangs: cut off before its end",
    "skipped 20-later: not run",
    "skipped 11 more: not run",
  ]);
  await scope.drain(1_000);
});

test("when somebody kills a program, the tier ends and the programs after it are reported as not run", async () => {
  const runDir = temporaryFolder();
  const { actor, told } = started(runDir, [
    ["10-passes", "exit 0"],
    ["20-killed", "kill -KILL $$"],
    ["30-later", "exit 0"],
  ]);
  await until("the tier ends", () => actor.getSnapshot().status !== "active");
  expect([actor.getSnapshot().status, told]).toEqual([
    "error",
    ["passed 10-passes", "failed 20-killed: cut off before its end", "skipped 30-later: not run"],
  ]);
});
