import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { must } from "../support/children.js";
import { Sandbox } from "../support/sandbox-run.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

test("a run's recipe may be a tag or a branch or a short commit of a repository", async () => {
  const source = join(sandbox.root, "mine");
  must("examples/lay-out.sh", ["echo", source]);
  const commit = must("git", ["-C", source, "rev-parse", "HEAD"]);
  for (const ref of ["0.1.0+1.0.0", "main", commit.slice(0, 10)]) {
    expect((await sandbox.runUntilHeld(["echo", "--src", source, "--ref", ref], `at-${ref.slice(0, 3)}`)).ref, ref).toBe(commit);
  }
});
