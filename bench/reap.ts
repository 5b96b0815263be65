import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProgram } from "../tests/support/program.js";
import { median, type Row } from "./row.js";

const rounds = 3;

/** The time of one janitor pass over this many orphans that left only an .env file. Each reap is whole: lock, teardown, verification. */
const reap = async (orphans: number): Promise<number> => {
  const root = mkdtempSync(join(tmpdir(), "recipe-ci-bench-"));
  try {
    const servers = join(root, "abra", "servers", "default");
    mkdirSync(servers, { recursive: true });
    for (let index = 0; index < orphans; index += 1)
      writeFileSync(join(servers, `echo-${index.toString(16).padStart(6, "0")}.sandbox.localhost.env`), "# recipe-ci run 41\nTYPE=echo\n");
    const { PATH, HOME } = process.env;
    const began = performance.now();
    const { code, stderr } = await startProgram(["janitor", "--sandbox"], { PATH, HOME, RECIPE_CI_SANDBOX: root }, root).ended;
    if (code !== 0) throw new Error(`the janitor ended with ${String(code)}: ${stderr}`);
    return performance.now() - began;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};

/** Compares reaping ten orphans in the sandbox with reaping one. The janitor reaps up to eight at once. */
export const reapTen = async (): Promise<readonly Row[]> => {
  const [one, ten]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    one.push(await reap(1));
    ten.push(await reap(10));
  }
  return [
    {
      name: "reaping 10 orphans",
      ours: median(ten),
      against: "1 orphan",
      reference: median(one),
      unit: "ms",
      goal: { kind: "x", most: 2.5 },
    },
  ];
};
