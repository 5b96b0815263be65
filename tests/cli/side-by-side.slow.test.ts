import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Sandbox } from "../support/sandbox-run.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

test("two different recipes run side by side", async () => {
  const [notes, echo] = [
    sandbox.start(["run", "notes", "--sandbox", "--run-id", "n"], {}, "n"),
    sandbox.start(["run", "echo", "--sandbox", "--run-id", "e"], {}, "e"),
  ];
  expect((await Promise.all([notes.ended, echo.ended])).map(({ code }) => code)).toEqual([0, 0]);
  expect(sandbox.leftovers()).toEqual([]);
});

test("two runs of one recipe at different refs have trees of their own, and the canonical one is untouched", async () => {
  const canonical = join(sandbox.root, "abra", "recipes", "notes");
  mkdirSync(canonical, { recursive: true });
  writeFileSync(join(canonical, "mine"), "untouched");
  const [old, current] = [
    sandbox.start(["run", "notes", "--sandbox", "--ref", "0.1.0+1.0.0", "--run-id", "old", "--keep"], {}, "old"),
    sandbox.start(["run", "notes", "--sandbox", "--run-id", "new", "--keep"], {}, "new"),
  ];
  expect((await Promise.all([old.ended, current.ended])).map(({ code }) => code)).toEqual([0, 0]);
  const releases = (run: string): readonly string[] => readdirSync(join(sandbox.root, "runs", run, "abra", "recipes", "notes", "release"));
  expect(releases("old")).toEqual(["0.1.0+1.0.0"]);
  expect(releases("new")).toEqual(["0.1.0+1.0.0", "0.2.0+1.1.0"]);
  expect(old.record()?.domain).not.toBe(current.record()?.domain);
  expect(readdirSync(canonical)).toEqual(["mine"]);
});
