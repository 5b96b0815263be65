import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { must } from "../support/children.js";
import { Sandbox } from "../support/sandbox-run.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

const sample = "TYPE=wiki\nDOMAIN=wiki.example.com\n";
const compose =
  "services:\n  app:\n    image: local/echo-app:1.0.0\n    stop_grace_period: 1s\n    ports: [{ target: 8080, mode: host }]\n";

/** A repository in which each version has its own files; the last is the one under test, and clean. */
const recipe = (versions: readonly Readonly<Record<string, string>>[]): string => {
  const folder = join(sandbox.root, "source");
  mkdirSync(folder);
  const git = (...args: readonly string[]): void =>
    void must("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@localhost", ...args]);
  git("init", "--initial-branch=main");
  for (const [index, files] of [...versions, {}].entries()) {
    const all = { "compose.yml": `${compose}# ${index}\n`, ".env.sample": sample, ...files };
    for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
    git("add", "--all");
    git("commit", "--message", "More");
    if (index < versions.length) git("tag", `0.${index + 1}.0+1.0.0`);
  }
  return folder;
};

const asked = (source: string): readonly string[] => [
  "wiki",
  "--src",
  source,
  "--sandbox",
  "--stages",
  "install,upgrade",
  "--upgrade-from",
  "2",
];

const run = (source: string) => sandbox.run(["run", ...asked(source), "--run-id", "r"]);

const log = (): string => readFileSync(join(sandbox.root, "runs", "r", "run.log"), "utf8");

test.each([
  ["its sample", { ".env.sample": sample.replace("wiki\n", "shop\n") }, 2, ".env.sample:1: TYPE names the recipe shop"],
  ["its abra.sh", { "abra.sh": "export STACK_NAME=shop_coop\n" }, 1, "abra.sh:1: STACK_NAME is set to shop_coop"],
])(
  "a version that is about another app, by %s, is refused by its name before anything is deployed, though it is the last of the plan",
  async (_, files, exitCode, said) => {
    const source = recipe([files, { "abra.sh": "" }]);
    const { code, stdout } = await run(source);
    expect(stdout).toContain(`the version 0.1.0+1.0.0, which the upgrade begins with: ${said}`);
    expect(stdout).toMatch(
      /[^.]; but what is published stays as it is: name another version .* by upgradeBase in recipe[.]yml, or leave the upgrade out, by stages there or --stages[.]\n/,
    );
    expect(code).toBe(exitCode);
    expect(log()).not.toContain('"abra":"app new');
    expect(sandbox.leftovers()).toEqual([]);
    // What a run would end with at once is what a check says, with the run's exit code.
    const checked = await sandbox.run(["recipe", "check", ...asked(source)]);
    expect(checked.stdout).toContain(`a run would end at once: the version 0.1.0+1.0.0, which the upgrade begins with: ${said}`);
    expect(checked.code).toBe(exitCode);
  },
);

test("a version that asks for more than it may have is refused by its name, for the one under test has a file of that name too", async () => {
  const { code, stdout } = await run(recipe([{}, { "compose.yml": `${compose}    volumes: ["/etc:/host:ro"]\n` }]));
  expect(stdout).toContain(
    "the version 0.2.0+1.0.0, which the upgrade begins with: compose.yml:6: the service app mounts /etc of the host",
  );
  expect(code).toBe(1);
  expect(sandbox.leftovers()).toEqual([]);
});
