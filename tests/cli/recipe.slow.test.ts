import { afterAll, beforeAll, expect, test } from "vitest";
import { Sandbox } from "../support/sandbox-run.js";

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
});
afterAll(() => sandbox.close());

test("recipe check tells the plan that the deadline would cut short, and ends as that run would: 2", async () => {
  const { code, stdout } = await sandbox.run(["recipe", "check", "notes", "--sandbox", "--stages", "upgrade"], { CCCI_DEADLINE: "1s" });
  expect(stdout).toMatch(
    /plan: .*upgrade it to .*\n(?:.*\n)*a run would end at once: the plan takes 1 s at least, and the deadline leaves 900 ms/,
  );
  expect(code).toBe(2);
});
