import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Sandbox } from "../support/sandbox-run.js";
import { atTerminal, held, recordOf } from "./hold-cases.js";

const sandbox = new Sandbox();
afterAll(() => sandbox.close());

test("a run that fails with --hold=failure is kept until Ctrl-C, and its verdict stands", async () => {
  writeFileSync(join(sandbox.root, "faults.json"), JSON.stringify([{ when: "service app", do: "crash-loop" }]));
  const run = atTerminal(sandbox, "--hold=failure --run-id red");
  await held(sandbox, "red");
  run.stdin.write("\u0003");
  expect(await run.ended).toMatchObject({ code: 1 });
  expect(recordOf(sandbox, "red")).toMatchObject({ verdict: "failed", cleanliness: "clean" });
});
