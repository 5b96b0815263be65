import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { rememberSecret } from "../../../../src/effects/redact.js";
import { readJunit } from "../../../../src/effects/tier/own/read-junit.js";
import { isTap, readTap } from "../../../../src/effects/tier/own/read-tap.js";
import { workedMs } from "../../../support/worked.js";

const { signal } = new AbortController();
const report = (name: string): string => readFileSync(join(import.meta.dirname, "reports", name), "utf8");
const short = (reading: { readonly tests: readonly { readonly name: string; readonly outcome: string }[] }) =>
  reading.tests.map(({ name, outcome }) => `${outcome} ${name}`);
const suite = (inside: string): string => `<testsuite>${inside}</testsuite>`;

describe("a JUnit report", () => {
  test("by pytest is read test by test, with the reason of each failure", async () => {
    const reading = await readJunit(report("pytest.xml"), signal);
    expect(reading.problem).toBeNull();
    expect(short(reading)).toEqual([
      "passed test_notes: test_note_is_kept",
      "failed test_notes: test_admin_is_closed",
      "skipped test_notes: test_mail",
      "failed test_notes: test_search[umlaut-ä]",
      "passed test_notes.TestApi: test_version",
    ]);
    expect(reading.tests[1]).toMatchObject({
      durationMs: 12,
      message: expect.stringMatching(
        /^assert 200 == 401\n [+] {2}where 200 = <Response \[200\]>[^]*test_notes.py:17: AssertionError$/,
      ) as string,
    });
    expect(reading.tests[2]?.message).toContain("no mail here");
  });

  test("by Playwright is read test by test", async () => {
    const reading = await readJunit(report("playwright.xml"), signal);
    expect(reading.problem).toBeNull();
    expect(short(reading)).toEqual([
      "passed notes.spec.ts: has a title",
      "failed notes.spec.ts: editor › keeps a note",
      "skipped notes.spec.ts: sends a mail",
    ]);
    expect(reading.tests[1]?.message).toContain('Expected: "hello <world> & more"');
    expect(reading.tests[1]?.message).not.toContain("ATTACHMENT");
  });

  test.each([
    [
      "an entity of its own",
      '<!DOCTYPE x [<!ENTITY a "aaaa">]><testsuite><testcase name="&a;"/></testsuite>',
      "it has a document type of its own",
    ],
    ["a file that it wants to be read", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><testsuite/>', "it has a document type of its own"],
    ["an entity that nobody has declared", suite('<testcase name="&secret;"/>'), "it is no XML"],
    ["an end that is missing", "<testsuite><testcase name='a'/>", "it is no XML"],
    ["nothing", "", "it is no XML"],
    ["a page", "<html><body/></html>", "it is no JUnit report: its root is neither testsuites nor testsuite"],
    ["levels without end", `<testsuite>${"<a>".repeat(100_000)}`, "it is nested more than 32 levels deep"],
    ["tests without end", suite('<testcase name="a"/>'.repeat(6_000)), "it has more than 5000 tests"],
  ])("with %s is refused, and the tests before that are kept", async (_, text, why) => {
    const { tests, problem } = await readJunit(text, signal);
    expect(problem).toContain(why);
    expect(tests.length).toBeLessThanOrEqual(5_000);
  });

  test("may have elements of any other name, which do not count as tests", async () => {
    const { tests, problem } = await readJunit(
      suite("<testcase name='a'><constructor/></testcase><testcase name='b'><toString>c</toString><failure/></testcase>"),
      signal,
    );
    expect(problem).toBeNull();
    expect(short({ tests })).toEqual(["passed a", "failed b"]);
  });

  test("by a stranger is read without secrets or control characters, and its texts are cut to a limit", async () => {
    rememberSecret("hunter2-of-the-run");
    const words = `hunter2-of-the-run \u202e${"x".repeat(200_000)}`;
    const { tests } = await readJunit(
      suite(
        `<testcase name="${"n".repeat(5_000)} hunter2-of-the-run" time="1e99"><failure message="hunter2-of-the-run">${words}</failure></testcase>`,
      ),
      signal,
    );
    const [only] = tests;
    expect(only?.name.length).toBeLessThan(310);
    expect(only?.message?.length).toBeLessThan(9_000);
    expect(JSON.stringify(only)).not.toMatch(/hunter2|\u202e/);
    expect(only?.durationMs).toBe(24 * 3_600_000);
  });

  test("of 4 MiB can be interrupted by a stop while it is read", async () => {
    const abort = new AbortController();
    const reading = readJunit(suite(`<testcase name="a"><failure>${"<b>x</b>".repeat(520_000)}</failure></testcase>`), abort.signal);
    setImmediate(() => abort.abort(new Error("stop")));
    await expect(reading).rejects.toThrow("stop");
  });
});

describe("TAP", () => {
  test("is recognised by its beginning, and no other output is taken for it", () => {
    for (const output of ["TAP version 13\n1..1\nok 1\n", "1..2\nok 1\nok 2\n", "\nTAP version 14\n"]) expect(isTap(output)).toBe(true);
    for (const output of ["", "ok\n", "all is well\n1..2\n", "1..", "TAP version 9"]) expect(isTap(output)).toBe(false);
  });

  test("is read test by test, with skips, todos and the reasons of failures", () => {
    const reading = readTap(
      "TAP version 13\n1..5\nok 1 - notes are kept\n  ---\n  duration_ms: 12.4\n  ...\nnot ok 2 - admin is closed\n  ---\n  message: got 200\n  ...\n# a word on it\nok 3 - mail # SKIP no server\nnot ok 4 - search # TODO later\nok 5\n",
    );
    expect(reading.problem).toBeNull();
    expect(short(reading)).toEqual(["passed notes are kept", "failed admin is closed", "skipped mail", "skipped search", "passed test 5"]);
    expect(reading.tests[0]?.durationMs).toBe(12);
    expect(reading.tests[1]?.message).toMatch(/message: got 200[^]*a word on it/);
    expect(reading.tests[2]?.message).toBe("skip: no server");
  });

  test("with subtests counts only their parents' results", () => {
    expect(short(readTap("TAP version 14\n# Subtest: deep\n    1..2\n    ok 1 - a\n    not ok 2 - b\nnot ok 1 - deep\n1..1\n"))).toEqual([
      "failed deep",
    ]);
  });

  test.each([
    ["TAP version 13\n1..3\nok 1\n", "it planned 3 tests and ran 1"],
    ["TAP version 13\nok 1\n", "it has no plan"],
    ["1..2\nok 1\nBail out! no database\n", "it gave up: no database"],
  ])("that ends early is reported as such: %j", (output, why) => {
    expect(readTap(output).problem).toContain(why);
  });

  test("of a megabyte in one line is read as fast as one in many lines", () => {
    const began = workedMs();
    readTap(`1..1\nok 1 ${"#skip".repeat(200_000)}\u2028\n`);
    readTap(`1..1\nok 1 ${"# ".repeat(500_000)}\n`);
    readTap(`1..1${" ".repeat(4_000)}\u2028x\nok 1${" ".repeat(4_000)}\u2028x\n`.repeat(100));
    expect(workedMs(began)).toBeLessThan(500);
  });
});
