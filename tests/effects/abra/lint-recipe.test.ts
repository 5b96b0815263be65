import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createAbra } from "../../../src/effects/abra/abra.js";
import { lintRecipe } from "../../../src/effects/abra/lint/lint-recipe.js";
import { inTerminal } from "../../../src/effects/abra/lint/in-terminal.js";
import { createChildRegistry } from "../../../src/effects/children/registry.js";
import { createGit } from "../../../src/effects/recipe/git.js";
import { must } from "../../support/children.js";
import { temporaryFolder, until } from "../../support/processes.js";

const table = "│ ref │ rule │ severity │ satisfied │ skipped │ resolve │\n│ R009 │ one service named app │ error │ ❌ │ - │ name one │";

const env = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@b",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@b",
};

/** A run's folder with a clone of two commits and an operator's overlay in its tree, and an abra that executes the script. */
const lay = (script: string) => {
  const root = temporaryFolder();
  const clone = join(root, "abra", "recipes", "notes");
  mkdirSync(clone, { recursive: true });
  const git = (...args: readonly string[]): string => must("git", ["-C", clone, ...args], { env }).trim();
  git("init", "--quiet");
  writeFileSync(join(clone, "compose.yml"), "first\n");
  git("add", ".");
  git("commit", "--quiet", "--message", "one");
  const commit = git("rev-parse", "HEAD");
  writeFileSync(join(clone, "compose.yml"), "second\n");
  git("commit", "--quiet", "--all", "--message", "two");
  git("tag", "--annotate", "1.0.0+1", "--message", "1.0.0+1");
  writeFileSync(join(clone, "compose.ccci.yml"), "the operator's\n");
  const abra = join(root, "abra.sh");
  writeFileSync(abra, `#!/bin/sh\n${script}\n`);
  chmodSync(abra, 0o755);
  const scope = createChildRegistry().scope("work");
  onTestFinished(() => scope.drain(2_000));
  const lintDir = join(root, "abra", "lint");
  const settings = { scope, env: () => ({ ...env, ABRA_DIR: lintDir, ROOT: root, TABLE: table }), cwd: root, onOutput: () => undefined };
  const work = (signal = new AbortController().signal) =>
    lintRecipe(
      {
        git: createGit({ scope, env: () => env, cwd: root }),
        abra: createAbra({ ...settings, abra }),
        abraInTerminal: inTerminal(abra, createAbra({ ...settings, abra: "script" })),
        lintDir,
        canonical: join(root, "canonical"),
        server: "default",
        clone,
        outputFile: join(root, "lint.txt"),
      },
      { recipe: "notes", commit },
      signal,
    );
  return { root, lintDir, work };
};

test("abra lints only the tested commit, with its tags, in a folder that is removed afterwards; its output is kept", async () => {
  const { root, lintDir, work } = lay(
    'cd "$ABRA_DIR/recipes/notes" && cat compose.yml >"$ROOT/seen" && ls >>"$ROOT/seen" && git tag >>"$ROOT/seen" && echo "$@" >>"$ROOT/seen" && echo "$TABLE"',
  );
  expect(await work()).toEqual({
    kind: "ran",
    rules: [{ ref: "R009", rule: "one service named app", severity: "error", satisfied: "no", resolve: "name one" }],
  });
  expect(readFileSync(join(root, "seen"), "utf8")).toBe("first\ncompose.yml\n1.0.0+1\nrecipe lint notes --no-input --offline --chaos\n");
  expect(existsSync(lintDir)).toBe(false);
  expect(readFileSync(join(root, "lint.txt"), "utf8")).toContain("R009");
});

test("when abra asks for a terminal, it gets one", async () => {
  const { work } = lay('test -t 1 || { echo "FATA inappropriate ioctl for device"; exit 1; }; echo "$TABLE"');
  expect(await work()).toMatchObject({ kind: "ran", rules: [{ ref: "R009", satisfied: "no" }] });
});

test("when abra fails, prints no table or cannot be started, the report says why lint did not run", async () => {
  expect(await lay("echo 'FATA unable to find recipe'; exit 1").work()).toEqual({
    kind: "not-run",
    why: "abra could not lint: unable to find recipe",
  });
  expect(await lay("echo hello").work()).toEqual({ kind: "not-run", why: "abra's table of rules could not be read" });
  const { root, work } = lay("exit 0");
  chmodSync(join(root, "abra.sh"), 0o644);
  expect(await work()).toMatchObject({ kind: "not-run" });
});

test("when the run does not wait for lint, abra ends at once and its folder is removed", async () => {
  const { root, lintDir, work } = lay(': >"$ROOT/begun"; sleep 60');
  const stop = new AbortController();
  const report = work(stop.signal);
  await until("abra has begun", () => existsSync(join(root, "begun")));
  stop.abort();
  expect(await report).toEqual({ kind: "not-run", why: "the run's tests ended before it did" });
  expect(existsSync(lintDir)).toBe(false);
});
