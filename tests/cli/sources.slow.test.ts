import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { must } from "../support/children.js";
import { Sandbox } from "../support/sandbox-run.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

test("a run's recipe may be the staged copy of the canonical folder with CCCI_SKIP_FETCH, its symlinks kept", async () => {
  const staged = join(sandbox.root, "abra", "recipes", "echo");
  mkdirSync(join(staged, ".."), { recursive: true });
  must("examples/lay-out.sh", ["echo", staged]);
  symlinkSync("compose.yml", join(staged, "link.yml"));
  must("git", ["-C", staged, "add", "--all"]);
  must("git", ["-C", staged, "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "--quiet", "--message", "Link"]);
  const { code } = await sandbox.run(["run", "echo", "--sandbox", "--stages", "install", "--run-id", "r", "--keep"], {
    CCCI_SKIP_FETCH: "1",
  });
  expect(code).toBe(0);
  const link = join(sandbox.root, "runs", "r", "abra", "recipes", "echo", "link.yml");
  expect(must("readlink", [link])).toBe("compose.yml");
});

test("the domain is made from recipe, pull request and commit: a different one of any gives another app", async () => {
  const [one, again, other] = await Promise.all([
    sandbox.runUntilHeld(["echo"], "one"),
    sandbox.runUntilHeld(["echo"], "again"),
    sandbox.runUntilHeld(["echo", "--pr", "7"], "other"),
  ]);
  expect(one.domain).toMatch(/^echo-[0-9a-f]{6}\.sandbox\.localhost$/);
  expect(again.domain).toBe(one.domain);
  expect(other.domain).not.toBe(one.domain);
});
