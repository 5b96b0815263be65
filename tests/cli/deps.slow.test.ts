import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { operatorWithDeps } from "../support/operator-with-deps.js";
import { Sandbox } from "../support/sandbox-run.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

test("a run whose dep leaves something behind is red, whatever its own app did", { timeout: 150_000 }, async () => {
  const run = (faults: readonly object[]) => {
    writeFileSync(join(sandbox.root, "faults.json"), JSON.stringify(faults));
    return sandbox.run(["run", "echo", "--sandbox", "--run-id", "leaks", "--stages", "install"], { CCCI_RECIPES_DIR: operatorWithDeps({ echo: "[notes]" }) });
  };
  const { code, stdout, stderr } = await run([{ when: "docker volume rm", do: "exit:1" }]);
  expect(code, stdout + stderr).toBe(3);
  const record: unknown = JSON.parse(readFileSync(join(sandbox.root, "runs", "leaks", "run.json"), "utf8"));
  expect(record).toMatchObject({ verdict: "passed", cleanliness: "dirty", residue: expect.arrayContaining([{ kind: "volume", name: expect.stringMatching(/^note-/) as string }]) as unknown });
  // The next run of the same app finds and removes it.
  expect((await run([])).code).toBe(0);
  expect(sandbox.leftovers()).toEqual([]);
});
