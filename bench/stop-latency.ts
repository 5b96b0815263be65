import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProgram } from "../tests/support/program.js";
import type { TraceLine } from "../src/machines/trace-line.js";
import { median, percentile, type Row } from "./row.js";

const rounds = 12;

/** The time from the signal to the program until the record on disk says tearingDown, which is written before the teardown's first act. */
export const stopLatency = async (): Promise<readonly Row[]> => {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const root = mkdtempSync(join(tmpdir(), "recipe-ci-bench-"));
    try {
      writeFileSync(join(root, "faults.json"), JSON.stringify([{ when: "service app", do: "never-healthy" }]));
      const runDir = join(root, "runs", "b");
      const { PATH, HOME } = process.env;
      const run = startProgram(["run", "echo", "--sandbox", "--run-id", "b"], { PATH, HOME, RECIPE_CI_SANDBOX: root }, runDir);
      await run.says("deploy: converging");
      const pid = run.record()?.pid ?? 0;
      const sentAt = Date.now();
      process.kill(pid, "SIGTERM");
      await run.ended;
      const lines = readFileSync(join(runDir, "events.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as TraceLine);
      const entered = lines.find(({ actor, state }) => actor === "run" && state[0]?.startsWith("holding.tearingDown"));
      times.push(Date.parse(entered?.at ?? "") - sentAt);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  }
  return [
    { name: `TERM → tearingDown, median of ${rounds}`, ours: median(times), against: "", reference: null, unit: "ms", goal: null },
    {
      name: `TERM → tearingDown, p99 of ${rounds}`,
      ours: percentile(times, 0.99),
      against: "",
      reference: null,
      unit: "ms",
      goal: { kind: "alone", most: 10 },
    },
  ];
};
