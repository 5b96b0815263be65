import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Sandbox } from "../support/sandbox-run.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

test.each(["prepare", "deploy: converging", "tearingDown"])(
  "a run whose runs folder is removed at %s ends with 69 and leaves no app",
  async (words) => {
    const run = sandbox.start(["run", "echo", "--sandbox", "--run-id", "r"], {}, "r");
    await run.says(words);
    rmSync(join(sandbox.root, "runs"), { recursive: true, force: true, maxRetries: 5 });
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(69);
    expect(stdout + stderr).toContain("run-folder-lost");
    expect(sandbox.leftovers()).toEqual([]);
  },
);

test("a run whose folder is replaced by a link to another run's writes and removes nothing there", async () => {
  const run = sandbox.start(["run", "echo", "--sandbox", "--run-id", "r"], {}, "r");
  await run.says("deploy: converging");
  const [mine, others] = [join(sandbox.root, "runs", "r"), join(sandbox.root, "runs", "other")];
  mkdirSync(join(others, "abra"), { recursive: true });
  writeFileSync(join(others, "run.json"), "another run's");
  renameSync(mine, `${mine}.away`);
  symlinkSync(others, mine);
  expect((await run.ended).code).toBe(69);
  expect(readdirSync(others)).toEqual(["abra", "run.json"]);
  expect(sandbox.leftovers()).toEqual([]);
});

test("a run whose copies of the operator's programs are removed, and nothing else of its folder, ends with 69 and not without their tests", async () => {
  const run = sandbox.start(["run", "echo", "--sandbox", "--run-id", "r"], {}, "r");
  await run.says("deploy: converging");
  rmSync(join(sandbox.root, "runs", "r", "operator"), { recursive: true });
  const { code, stdout, stderr } = await run.ended;
  expect(code).toBe(69);
  expect(stdout + stderr).toContain("run-folder-lost");
  expect(sandbox.leftovers()).toEqual([]);
});
