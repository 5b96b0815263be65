import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "./support/processes.js";
import { sendSignal } from "./support/signal.js";

/** What the rules of this checkout say of one file at such a place, in a tree of its own: a breach in `src` would be built by whoever starts the launcher meanwhile. */
const lint = (file: string, text: string): string => {
  const tree = temporaryFolder();
  cpSync(".oxlintrc.json", join(tree, ".oxlintrc.json"));
  mkdirSync(join(tree, dirname(file)), { recursive: true });
  writeFileSync(join(tree, file), text);
  return spawnSync(join(process.cwd(), "node_modules", ".bin", "oxlint"), [file], { cwd: tree, encoding: "utf8" }).stdout;
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
  expect(lint("src/cli/inspect/breach.ts", 'import { renderSvg } from "../chart/svg.js";\nexport const render = renderSvg;\n')).toContain("entered by its door");
});

test("the program never imports its stand-ins", () => {
  const found = spawnSync("grep", ["-rlE", "from \"(\\.\\./)+sandbox/", "src"], { encoding: "utf8" });
  expect(found.stdout).toBe("");
});

test("a stand-in starts no child but in the two modules that are for it", () => {
  const breach = 'import { spawn } from "node:child_process";\nexport const start = spawn;\n';
  expect(lint("sandbox/abra/breach.ts", breach)).toContain("The sandbox starts its children in engine/children.ts");
  expect(lint("sandbox/engine/breach.ts", breach.replace("node:child_process", "execa"))).toContain("The sandbox starts its children in engine/children.ts");
  expect(lint("sandbox/shared/quick-child.ts", breach)).not.toContain("starts its children");
});

test("no file names the place of its own checkout", () => {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { encoding: "utf8" }).trim().split("\n");
  const found = spawnSync("grep", ["-lF", process.cwd(), ...files], { encoding: "utf8" });
  expect(found.stdout).toBe("");
});

test("a test signals by one function, which refuses the group of the suite itself", () => {
  const found = spawnSync("grep", ["-rlP", "process\\.kill\\((?!process\\.pid)[^,]+, [^0]", "tests", "--include=*.ts"], { encoding: "utf8" });
  expect(found.stdout.trim().split("\n")).toEqual(["tests/support/signal.ts"]);
  expect(() => sendSignal(0, "SIGKILL")).toThrow(RangeError);
  expect(() => sendSignal(-1, "SIGKILL")).toThrow(RangeError);
});
