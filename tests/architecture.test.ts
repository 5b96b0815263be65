import { execFileSync, spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";

const seeded = join("src", "machines", "seeded-breach.ts");
const seededEffect = join("src", "effects", "seeded-breach.ts");

afterEach(() => {
  rmSync(seeded, { force: true });
  rmSync(seededEffect, { force: true });
});

const lint = (file: string): string => spawnSync("npx", ["oxlint", file], { encoding: "utf8" }).stdout;

test("a chart that imports node is refused, with the reason", () => {
  writeFileSync(seeded, 'import { readFileSync } from "node:fs";\nexport const text = readFileSync("x", "utf8");\n');
  expect(lint(seeded)).toContain("cannot be drawn, simulated or tested without one");
});

test("a machine that imports an effect is refused", () => {
  writeFileSync(seeded, 'import { lockBackend } from "../effects/lock/flock.js";\nexport const backend = lockBackend;\n');
  expect(lint(seeded)).toContain("cli -> effects -> machines");
});

test("an effect that imports a chart is refused", () => {
  writeFileSync(seededEffect, 'import { runMachine } from "../machines/run/run.machine.js";\nexport const chart = runMachine.id;\n');
  expect(lint(seededEffect)).toContain("never its chart");
});

test("the program never imports its stand-ins", () => {
  const found = spawnSync("grep", ["-rlE", "from \"(\\.\\./)+sandbox/", "src"], { encoding: "utf8" });
  expect(found.stdout).toBe("");
});

test("no file names the place of its own checkout", () => {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { encoding: "utf8" }).trim().split("\n");
  const found = spawnSync("grep", ["-lF", process.cwd(), ...files], { encoding: "utf8" });
  expect(found.stdout).toBe("");
});
