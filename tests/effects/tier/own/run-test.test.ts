import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createChildRegistry } from "../../../../src/effects/children/registry.js";
import { runTest } from "../../../../src/effects/tier/own/run-test.js";
import { programNamed, testsOf } from "../../../../src/effects/tier/own/programs.js";
import { firstFacts } from "../../../../src/machines/tier/facts.js";
import { temporaryFolder } from "../../../support/processes.js";
import { occasion, ownCode, runOne, writeProgram } from "../../../support/own-code.js";

const scope = createChildRegistry().scope("work");
const { signal } = new AbortController();
const junit = (name: string): string => join(import.meta.dirname, "reports", name);

const run = async (script: string, limitMs = 10_000) => {
  const runDir = temporaryFolder();
  return runOne(ownCode({ scope, runDir }), writeProgram(join(runDir, "operator", "tests", "custom"), "10-all", script), limitMs, signal);
};
const short = (results: Awaited<ReturnType<typeof run>>): readonly string[] => results.map(({ name, outcome }) => `${outcome} ${name}`);

describe("an executable", () => {
  test("without a report counts as one test, by its exit code", async () => {
    expect(await run("echo fine")).toMatchObject([{ name: "10-all", outcome: "passed", message: null }]);
    expect(await run("echo why >&2; exit 3")).toMatchObject([{ outcome: "failed", message: "exit code 3\nwhy" }]);
    expect(await run("echo not here; exit 77")).toMatchObject([{ outcome: "skipped", message: "not here" }]);
    expect(await run("sleep 60", 100)).toMatchObject([
      { outcome: "failed", message: expect.stringContaining("did not end within 100 ms") as string },
    ]);
  });

  test("is named in one line without control characters wherever its tests are shown", async () => {
    const runDir = temporaryFolder();
    const file = writeProgram(
      join(runDir, "operator", "tests", "custom"),
      "10-\u001b[31m\u202e\n## passed",
      "printf '1..1\\nnot ok 1 - x\\n'; exit 1",
    );
    expect(short(await runOne(ownCode({ scope, runDir }), file, 10_000, signal))).toEqual(["failed 10- ## passed: x"]);
  });

  test("that writes a report by pytest or Playwright counts as the tests in that", async () => {
    expect(short(await run(`cp ${junit("pytest.xml")} "$CCCI_REPORT_DIR/"; exit 1`))).toEqual([
      "passed 10-all: test_notes: test_note_is_kept",
      "failed 10-all: test_notes: test_admin_is_closed",
      "skipped 10-all: test_notes: test_mail",
      "failed 10-all: test_notes: test_search[umlaut-ä]",
      "passed 10-all: test_notes.TestApi: test_version",
    ]);
    expect(short(await run(`cp ${junit("playwright.xml")} "$CCCI_REPORT_DIR/junit.xml"; exit 1`))).toHaveLength(3);
  });

  test("that prints TAP counts as the tests that it prints", async () => {
    expect(short(await run("echo TAP version 13; echo ok 1 - a; echo not ok 2 - b; echo 1..2; exit 1"))).toEqual([
      "passed 10-all: a",
      "failed 10-all: b",
    ]);
  });

  test("counts as failed if its exit code says so, whatever its report says", async () => {
    expect(short(await run("echo 1..1; echo ok 1 - a; exit 1"))).toEqual(["passed 10-all: a", "failed 10-all"]);
    expect(short(await run("echo 1..1; echo not ok 1 - a; exit 77"))).toEqual(["failed 10-all: a", "failed 10-all"].slice(0, 1));
    expect(short(await run("echo 1..1; echo not ok 1 - a; exit 0"))).toEqual(["failed 10-all: a"]);
    expect(short(await run("echo 1..1; echo ok 1 - a; sleep 60", 300))).toEqual(["passed 10-all: a", "failed 10-all"]);
  });

  test("has failed if its report cannot be read to the end, even if it ended with 0", async () => {
    expect(await run('echo "<testsuite><testcase name=\'a\'/>" >"$CCCI_REPORT_DIR/x.xml"')).toMatchObject([
      { outcome: "passed" },
      { name: "10-all", outcome: "failed", message: expect.stringContaining("its report x.xml was not read to the end") as string },
    ]);
    expect(await run('ln -s /etc/passwd "$CCCI_REPORT_DIR/x.xml"')).toMatchObject([
      { outcome: "failed", message: expect.stringContaining("it is a symlink") as string },
    ]);
    expect(await run('mkfifo "$CCCI_REPORT_DIR/x.xml"')).toMatchObject([
      { outcome: "failed", message: expect.stringContaining("it is no regular file") as string },
    ]);
    expect(await run('head -c 5000000 /dev/zero >"$CCCI_REPORT_DIR/x.xml"')).toMatchObject([
      { outcome: "failed", message: expect.stringContaining("it is larger than 4 MiB") as string },
    ]);
  });

  test("that removes its folder for reports counts as one test, by its exit code", async () => {
    expect(await run('rmdir "$CCCI_REPORT_DIR"')).toMatchObject([{ outcome: "passed" }]);
  });

  test("starts in the folder that it came with and gets the app's facts as variables", async () => {
    const runDir = temporaryFolder();
    writeProgram(join(runDir, "operator"), "recipe.yml", "#data");
    writeProgram(join(runDir, "operator", "tests", "custom"), "10-env", `ls recipe.yml; env | sort >${runDir}/env`);
    const code = ownCode({ scope, runDir, env: { ABRA_DIR: "/abra" } });
    const [program] = testsOf(code.foldersOf(occasion.app), "custom");
    if (program === undefined) throw new Error("there is a test");
    const settings = { ...occasion.settings, tests: { limitMs: null, env: { MAIL_HOST: "mail.test" } } };
    const facts = firstFacts({ tag: "1.0.0+2.0.0", commit: "c0ffee" });
    expect(await runTest(code, { program, occasion: { ...occasion, settings, facts }, limitMs: 10_000 }, signal)).toMatchObject([
      { outcome: "passed" },
    ]);
    const env = readFileSync(join(runDir, "env"), "utf8");
    for (const line of [
      "ABRA_DIR=/abra",
      "CCCI_RECIPE=hello",
      "CCCI_REF=c0ffee",
      "CCCI_TIER=custom",
      "CCCI_WHEN=test",
      "CCCI_APP_DOMAIN=hell-0a1b2c.ci.test",
      "CCCI_STACK_NAME=hell-0a1b2c_ci_test",
      "CCCI_BASE_URL=http://127.0.0.1:1",
      "CCCI_VERSION=1.0.0+2.0.0",
      "MAIL_HOST=mail.test",
    ]) {
      expect(env).toContain(`${line}\n`);
    }
  });
});

test("when the operator and the recipe have a program of one name, the operator's runs, and all programs run in the order of their names", () => {
  const runDir = temporaryFolder();
  for (const name of ["10-a", "30-c"]) writeProgram(join(runDir, "operator", "tests", "custom"), name, "exit 0");
  for (const name of ["10-a", "20-b"]) writeProgram(join(runDir, "recipe-ci", "tests", "custom"), name, "exit 0");
  mkdirSync(join(runDir, "operator", "tests", "custom", "data"));
  symlinkSync("nowhere", join(runDir, "operator", "tests", "custom", "broken"));
  const folders = ownCode({ scope, runDir }).foldersOf(occasion.app);
  expect(testsOf(folders, "custom").map(({ name, author }) => `${name} ${author}`)).toEqual([
    "10-a operator",
    "20-b recipe",
    "30-c operator",
  ]);
  expect(testsOf({ ...folders, recipeDir: null }, "custom").map(({ name }) => name)).toEqual(["10-a", "30-c"]);
  expect(testsOf(folders, "backup")).toEqual([]);
  writeProgram(join(runDir, "recipe-ci"), "pre_upgrade.py", "exit 0");
  expect(programNamed(folders, "pre_upgrade")).toMatchObject({ author: "recipe" });
  writeProgram(join(runDir, "operator"), "pre_upgrade", "exit 0");
  expect(programNamed(folders, "pre_upgrade")).toMatchObject({ name: "pre_upgrade", author: "operator" });
  expect(programNamed(folders, "post_upgrade")).toBeNull();
});
