import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeAbraDir } from "../../src/effects/recipe/abra-dir.js";
import { Sandbox } from "../support/sandbox-run.js";
import { temporaryFolder } from "../support/processes.js";

vi.setConfig({ testTimeout: 60_000 });

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

test("a run's ABRA_DIR links to the canonical servers and catalogue, and has recipes of its own", () => {
  const root = temporaryFolder();
  const [own, canonical] = [join(root, "own"), join(root, "canonical")];
  makeAbraDir(own, canonical, "default");
  expect(readlinkSync(join(own, "servers"))).toBe(join(canonical, "servers"));
  expect(readlinkSync(join(own, "catalogue"))).toBe(join(canonical, "catalogue"));
  expect(lstatSync(join(own, "recipes")).isDirectory()).toBe(true);
  expect(readdirSync(join(own, "recipes"))).toEqual([]);
  // A second call must not fail on what a crashed run of the same id left.
  expect(() => makeAbraDir(own, canonical, "default")).not.toThrow();
});

test("makeAbraDir refuses a folder in the place of a link, with exit code 2", () => {
  const root = temporaryFolder();
  mkdirSync(join(root, "own", "servers"), { recursive: true });
  expect(() => makeAbraDir(join(root, "own"), join(root, "canonical"), "default")).toThrowError(
    expect.objectContaining({ code: "abra-dir-blocked", exitCode: 2 }),
  );
});

test("an .env written through the link lands in the canonical folder", () => {
  const root = temporaryFolder();
  makeAbraDir(join(root, "own"), join(root, "canonical"), "default");
  writeFileSync(join(root, "own", "servers", "default", "app.env"), "x");
  expect(existsSync(join(root, "canonical", "servers", "default", "app.env"))).toBe(true);
});

test("two runs by hand get different run ids from their pids; a second run of the same build gets a suffix", async () => {
  const runs = [1, 2].map(() => sandbox.start(["run", "echo", "--sandbox"]));
  await Promise.all(runs.map(({ says }) => says("] acquire")));
  for (const { child } of runs) child.kill("SIGTERM");
  expect((await Promise.all(runs.map(({ ended }) => ended))).map(({ code }) => code)).toEqual([143, 143]);
  const manual = readdirSync(join(sandbox.root, "runs")).filter((name) => name.startsWith("manual-"));
  expect(manual).toHaveLength(2);
  for (let round = 0; round < 2; round += 1) await sandbox.run(["run", "nonesuch", "--sandbox", "--run-id", "7"]);
  expect(readdirSync(join(sandbox.root, "runs")).filter((name) => name.startsWith("7"))).toEqual(["7", "7-2"]);
});
