import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "ws";
import type { RunRecordFile } from "../src/effects/record/run-record.js";
import { startProgram } from "../tests/support/program.js";
import { median, percentile, type Row } from "./row.js";

const rounds = 10;

/** The time from a line in a run's events.jsonl to its arrival at a viewer's socket. The inspector is a separate process. */
export const inspectLatency = async (): Promise<readonly Row[]> => {
  const root = mkdtempSync(join(tmpdir(), "recipe-ci-bench-"));
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, RECIPE_CI_SANDBOX: root };
  try {
    const recorded = join(root, "runs", "recorded");
    await startProgram(["run", "echo", "--sandbox", "--run-id", "recorded"], env, recorded).ended;
    const lines = readFileSync(join(recorded, "events.jsonl"), "utf8").trim().split("\n");
    const record = JSON.parse(readFileSync(join(recorded, "run.json"), "utf8")) as RunRecordFile;
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const again = join(root, "runs", `again-${round}`);
      mkdirSync(again);
      writeFileSync(join(again, "events.jsonl"), "");
      writeFileSync(join(again, "run.json"), JSON.stringify({ ...record, pid: process.pid, exitCode: null }));
      const inspector = startProgram(["inspect", `again-${round}`, "--sandbox"], env, again);
      await inspector.says("http://");
      const socket = new WebSocket((/http:\S+/.exec(inspector.output())?.[0] ?? "").replace("http:", "ws:").replace("/?", "/live?"));
      const waiting: ((at: number) => void)[] = [];
      socket.on("message", (data: Buffer) => {
        if (data.includes('"frames"')) waiting.shift()?.(performance.now());
      });
      await new Promise((resolve) => socket.once("open", resolve));
      for (const line of lines) {
        const heard = new Promise<number>((resolve) => waiting.push(resolve));
        const wrote = performance.now();
        appendFileSync(join(again, "events.jsonl"), `${line}\n`);
        times.push((await heard) - wrote);
        await pause(5);
      }
      socket.close();
      inspector.child.kill("SIGTERM");
      await inspector.ended;
    }
    return [
      { name: "a recorded line → the viewer, median", ours: median(times), against: "", reference: null, unit: "ms", goal: null },
      {
        name: "a recorded line → the viewer, p99",
        ours: percentile(times, 0.99),
        against: "",
        reference: null,
        unit: "ms",
        goal: { kind: "alone", most: 250 },
      },
    ];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};
