/**
 * Many runs at once, ended at random moments in every way that a host knows; then one pass of the janitor, and the
 * oracle looks whether anything is left. The same seed plans the same batches; the machine's own timing is nobody's.
 *
 *   npm run torture -- --runs 200 --seed 1 [--batch N] [--swarm] [--keep] [--story]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { worldsFolder } from "../support/memory.js";
import { ensureImages, ensureSwarm, whichAbra } from "../support/swarm/bring-up.js";
import { layOutRecipes, sandboxWorld } from "../support/worlds/sandbox-world.js";
import { swarmWorld } from "../support/worlds/swarm-world.js";
import type { World } from "../support/worlds/world.js";
import { runBatch } from "./batch.js";
import { canMount } from "../support/small-disk.js";
import { planBatch, type Limits } from "./plan.js";

const { values: asked } = parseArgs({
  options: {
    runs: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    /** Only this one, to look at a failure again. */
    batch: { type: "string" },
    swarm: { type: "boolean", default: false },
    /** Keeps the world of a batch that failed. */
    keep: { type: "boolean", default: false },
    /** Tells what happened in every batch, not in failed ones alone. */
    story: { type: "boolean", default: false },
  },
});

process.env["TMPDIR"] ??= worldsFolder();
const [runs, seed] = [Number(asked.runs), Number(asked.seed)];
const batchSize = asked.swarm ? 5 : 10;
const mounts = canMount();
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const seconds = (since: number): string => `${((performance.now() - since) / 1_000).toFixed(1)} s`;

const oneBatch = async (number: number, limits: Limits, makeWorld: () => World): Promise<{ ok: boolean; harmed: number }> => {
  const began = performance.now();
  const plan = planBatch(seed, number, limits);
  const world = makeWorld();
  const { harmed, green, findings, story, unmount } = await runBatch(plan, world);
  const ok = findings.length === 0;
  const theme = plan.fullDisk === null ? plan.faults.map((fault) => `${fault.when} ${fault.do}`).join(", ") : "full disk";
  say(
    `batch ${number}: ${limits.runs} runs, ${harmed} harmed, ${green} green, ${seconds(began)}${theme === "" ? "" : ` (${theme})`}${ok ? "" : "  FAILED"}`,
  );
  if (ok && asked.story) say(`\n${story}\n`);
  if (!ok)
    say(`\n${story}\n\nagain: npm run torture -- --runs ${runs} --seed ${seed} --batch ${number}${asked.swarm ? " --swarm" : ""} --keep\n`);
  if (!ok && asked.keep) return { ok, harmed };
  unmount();
  await world.dispose();
  return { ok, harmed };
};

const torture = async (): Promise<number> => {
  const began = performance.now();
  const stopSwarm = asked.swarm ? await ensureSwarm() : async () => undefined;
  if (asked.swarm) ensureImages();
  const where = asked.swarm ? `the real Swarm through ${whichAbra().name}` : "the sandbox";
  say(
    `torture: ${runs} runs in ${where}, seed ${seed}${mounts || asked.swarm ? "" : "; no batch with a full disk: mounting one needs root"}`,
  );
  const repositories = join(mkdtempSync(join(tmpdir(), "torture-")), "repositories");
  layOutRecipes(repositories);
  const makeWorld = (): World => (asked.swarm ? swarmWorld() : sandboxWorld(repositories));
  let [failed, harmed] = [0, 0];
  try {
    for (let number = 0; number * batchSize < runs; number += 1) {
      if (asked.batch !== undefined && Number(asked.batch) !== number) continue;
      const limits = { runs: Math.min(batchSize, runs - number * batchSize), faults: !asked.swarm, fullDisk: mounts && !asked.swarm };
      const end = await oneBatch(number, limits, makeWorld);
      failed += end.ok ? 0 : 1;
      harmed += end.harmed;
    }
  } finally {
    rmSync(join(repositories, ".."), { recursive: true, force: true });
    await stopSwarm();
  }
  say(
    `torture: ${runs} runs, ${harmed} harmed, ${failed === 0 ? "nothing left" : `${failed} batches FAILED`}, ${seconds(began)}, seed ${seed}`,
  );
  return failed === 0 ? 0 : 1;
};

process.exitCode = await torture();
