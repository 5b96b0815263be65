import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ask, linesOf, must } from "./support/children.js";
import { temporaryFolder } from "./support/processes.js";
import { sendSignal } from "./support/signal.js";

/**
 * What the rules of this checkout say of one file at such a place, in a tree of its own: a breach in `src` would be
 * built by whoever starts the launcher meanwhile.
 */
const lint = (file: string, text: string): string => {
  const tree = temporaryFolder();
  cpSync(".oxlintrc.json", join(tree, ".oxlintrc.json"));
  mkdirSync(join(tree, dirname(file)), { recursive: true });
  writeFileSync(join(tree, file), text);
  return ask(join(process.cwd(), "node_modules", ".bin", "oxlint"), [file], { cwd: tree }).stdout;
};

test("a chart that imports node is refused, with the reason", () => {
  const breach = 'import { readFileSync } from "node:fs";\nexport const text = readFileSync("x", "utf8");\n';
  expect(lint("src/machines/breach.ts", breach)).toContain("cannot be drawn, simulated or tested without one");
  expect(lint("src/effects/none.ts", breach)).not.toContain("cannot be drawn");
});

test("a machine that imports an effect is refused", () => {
  const breach = 'import { lockBackend } from "../effects/lock/flock.js";\nexport const backend = lockBackend;\n';
  expect(lint("src/machines/breach.ts", breach)).toContain("cli -> effects -> machines");
});

test("an effect that imports a chart is refused", () => {
  const breach = 'import { runMachine } from "../machines/run/run.machine.js";\nexport const chart = runMachine.id;\n';
  expect(lint("src/effects/breach.ts", breach)).toContain("never its chart");
});

test("a room under src/cli is entered by its door alone", () => {
  const past = 'import { openInspector } from "../inspect/inspector.js";\nexport const open = openInspector;\n';
  expect(lint("src/cli/commands/breach.ts", past)).toContain("entered by its door");
  expect(lint("src/cli/commands/breach.ts", past.replace("inspector.js", "index.js"))).not.toContain("entered by its door");
  expect(lint("src/cli/inspect/breach.ts", 'import { renderSvg } from "../chart/svg.js";\nexport const render = renderSvg;\n')).toContain(
    "entered by its door",
  );
});

test("the program never imports its stand-ins", () => {
  const found = ask("grep", ["-rlE", 'from "(\\.\\./)+sandbox/', "src"]);
  expect(found.stdout).toBe("");
});

test("a stand-in starts no child but in the two modules that are for it", () => {
  const breach = 'import { spawn } from "node:child_process";\nexport const start = spawn;\n';
  expect(lint("sandbox/abra/breach.ts", breach)).toContain("The sandbox starts its children in engine/children.ts");
  expect(lint("sandbox/engine/breach.ts", breach.replace("node:child_process", "execa"))).toContain(
    "The sandbox starts its children in engine/children.ts",
  );
  expect(lint("sandbox/shared/quick-child.ts", breach)).not.toContain("starts its children");
});

test("a test or a measurement starts no child but in the module that is for it", () => {
  const breach =
    'import type { ChildProcess } from "node:child_process";\nimport { execa } from "execa";\nexport const start: (file: string) => ChildProcess = execa;\n';
  const refusals = (file: string): number => lint(file, breach).split("start their children in tests/support/children.ts").length - 1;
  expect(["tests/cli/breach.test.ts", "bench/breach.ts", "tests/support/children.ts"].map(refusals)).toEqual([2, 2, 0]);
});

test("no file names the place of its own checkout", () => {
  const files = linesOf(must("git", ["ls-files", "-co", "--exclude-standard"]));
  const found = ask("grep", ["-lF", process.cwd(), ...files]);
  expect(found.stdout).toBe("");
});

test("a test signals by one function, which refuses the group of the suite itself", () => {
  const found = ask("grep", ["-rlP", "process\\.kill\\((?!process\\.pid)[^,]+, [^0]", "tests", "--include=*.ts"]);
  expect(found.stdout.trim().split("\n")).toEqual(["tests/support/signal.ts"]);
  expect(() => sendSignal(0, "SIGKILL")).toThrow(RangeError);
  expect(() => sendSignal(-1, "SIGKILL")).toThrow(RangeError);
});
