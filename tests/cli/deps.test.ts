import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RunRecordFile } from "../../src/effects/record/run-record.js";
import { operatorWithDeps as operator } from "../support/operator-with-deps.js";
import { Sandbox } from "../support/sandbox-run.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

const recordOf = (runId: string): RunRecordFile =>
  JSON.parse(readFileSync(join(sandbox.root, "runs", runId, "run.json"), "utf8")) as RunRecordFile;

const echo = (runId: string, recipesDir: string) =>
  sandbox.run(["run", "echo", "--sandbox", "--run-id", runId, "--stages", "install,custom"], { CCCI_RECIPES_DIR: recipesDir });

describe("a run whose recipe needs another", () => {
  test("deploys that first, hands its secrets to the app's tests in a file of mode 600, and removes both", async () => {
    const custom = [
      'test "$(stat -c %a "$CCCI_DEPS_FILE")" = 600',
      "domain=$(node -p 'require(process.env.CCCI_DEPS_FILE).notes.domain')",
      'test -f "$ABRA_DIR/servers/default/$domain.env"',
      'node -e \'const { url, env, secrets } = require(process.env.CCCI_DEPS_FILE).notes; if (!url.startsWith("http") || env.TYPE !== "notes" || secrets.admin_token.length < 20) process.exit(1); console.log(`the token is ${secrets.admin_token}`)\'',
      // It answers while the app's tests run.
      "node -e 'fetch(require(process.env.CCCI_DEPS_FILE).notes.url).then((answer) => process.exit(answer.status < 500 ? 0 : 1))'",
    ];
    const { code, stdout, stderr } = await echo("needs", operator({ echo: "[notes]" }, custom.join("\n")));
    expect([code, stdout.match(/needs notes 0\.2\.0\+1\.1\.0 as note-[0-9a-f]{6}\.sandbox\.localhost/)?.length], stdout + stderr).toEqual([
      0, 1,
    ]);
    expect(recordOf("needs")).toMatchObject({ deploys: 2, cleanliness: "clean" });
    expect(sandbox.leftovers()).toEqual([]);
    expect(existsSync(join(sandbox.root, "runs", "needs", "deps.json"))).toBe(false);
    expect(readFileSync(join(sandbox.root, "runs", "needs", "run.log"), "utf8")).toContain("the token is ***");
    expect(readdirSync(join(sandbox.root, "locks")).filter((name) => /-(?:echo|note)-/.test(name))).toHaveLength(2);
  });

  test("that needs it in turn ends with 2, the cycle named, and nothing made", async () => {
    const { code, stdout, stderr } = await echo("cycle", operator({ echo: "[notes]", notes: "[echo]" }));
    expect(code).toBe(2);
    expect(stdout + stderr).toContain("echo -> notes -> echo");
    expect(sandbox.leftovers()).toEqual([]);
  });
});
