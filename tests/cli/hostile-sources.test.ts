import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ask, must } from "../support/children.js";
import { Sandbox } from "../support/sandbox-run.js";

vi.setConfig({ testTimeout: 60_000 });

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

const at = (...parts: readonly string[]): string => join(sandbox.root, ...parts);
const run = (env: NodeJS.ProcessEnv, ...more: readonly string[]) =>
  sandbox.run(["run", "echo", "--sandbox", "--stages", "install", "--run-id", "r", ...more], env);

const recipe = (): string => {
  cpSync("examples/recipes/echo/0.1.0+1.0.0", at("source"), { recursive: true });
  return at("source");
};

const commit = (dir: string): void => {
  const git = (...args: readonly string[]) => must("git", ["-C", dir, "-c", "user.name=t", "-c", "user.email=t@localhost", ...args]);
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  git("commit", "--quiet", "--message", "All");
};

test("a password in SRC is in nothing that the run says or leaves, and the forge is told as unreachable", async () => {
  const { code, stdout, stderr } = await run({ SRC: "http://bot:hunter2PLANTED@127.0.0.1:9/x.git" });
  expect(code).toBe(69);
  expect(stdout).toContain("forge-unreachable: git clone: ");
  expect(stdout + stderr).not.toContain("PLANTED");
  expect(readdirSync(at("runs", "r"))).toContain("events.jsonl");
  // 1: it looked everywhere and found none.
  expect(ask("grep", ["--recursive", "--quiet", "PLANTED", at()]).code).toBe(1);
});

test("a file of the host that a recipe links to is neither read nor written, and the run says which link", async () => {
  writeFileSync(at("victim"), "RPC_SECRET=preciousPLANTED\n");
  const source = recipe();
  unlinkSync(join(source, "abra.sh"));
  symlinkSync(at("victim"), join(source, "abra.sh"));
  symlinkSync(at("victim"), join(source, "compose.ccci.yml"));
  mkdirSync(at("operator", "echo"), { recursive: true });
  writeFileSync(at("operator", "echo", "compose.ccci.yml"), 'version: "3.8"\nservices:\n  app:\n    environment: [A=b]\n');
  commit(source);
  const { code, stdout } = await run({ CCCI_RECIPES_DIR: at("operator") }, "--src", source);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /recipe-file-refused: the recipe's (?:abra\.sh|compose\.ccci\.yml) is refused: it is a symlink that leads out of the recipe/,
  );
  expect(readFileSync(at("victim"), "utf8")).toBe("RPC_SECRET=preciousPLANTED\n");
  expect(ask("grep", ["--recursive", "--quiet", "PLANTED", at("runs")]).code).toBe(1);
});

test("a folder with an agent's FIFO is refused by its name, with 2", async () => {
  const source = recipe();
  must("mkfifo", [join(source, "agent.sock")]);
  const { code, stdout } = await run({}, "--src", source);
  expect(stdout).toContain("agent.sock is refused: it is a FIFO");
  expect(code).toBe(2);
});

test.each(["fd::7", "ext::sh -c id", "x@-oProxyCommand=id:y"])("the source %s is refused at the door: nothing is made", async (src) => {
  const { code, stderr } = await run({}, "--src", src);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^recipe-ci: --src names /);
  expect(existsSync(at("runs"))).toBe(false);
});
