import { SaxesParser } from "saxes";
import { expect, test } from "vitest";
import { junit } from "../../../src/effects/report/junit.js";
import type { Told } from "../../../src/effects/report/report-input.js";
import { asFailure } from "../../../src/machines/errors.js";
import { cutFailure } from "../../../src/machines/out-of-time.js";
import type { TestResult } from "../../../src/machines/vocabulary.js";
import { sampleRecord } from "../../support/run-record.js";
import { planSkipping, someFailure, tierOf, toldOf } from "../../support/told.js";

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** Throws if the document is not well-formed. */
const parsed = (xml: string): Element => {
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element: Element = { name, attributes, children: [], text: "" };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on("text", (text) => {
    const at = open.at(-1);
    if (at !== undefined) at.text += text;
  });
  parser.on("closetag", () => void open.pop());
  parser.write(xml).close();
  return root;
};

const suitesOf = (told: Told): readonly Element[] => parsed(junit(told)).children[0]?.children ?? [];
const suite = (told: Told, name: string): Element => {
  const found = suitesOf(told).find(({ attributes }) => attributes["name"] === name);
  if (found === undefined) throw new Error(`no suite ${name}`);
  return found;
};
const cases = (of: Element): readonly Element[] => of.children.filter(({ name }) => name === "testcase");

const failed: TestResult = { name: "logs in", outcome: "failed", durationMs: 1_250, message: "exit code 1\nwrong password" };

test("the document has one suite for the run and one for each tier, with counts, times and properties", () => {
  const told = toldOf({
    tiers: [
      tierOf("install", "pass", [{ ...failed, outcome: "passed", message: null }]),
      tierOf("custom", "fail", [failed, { ...failed, outcome: "skipped", message: "no browser" }]),
    ],
  });
  expect(suitesOf(told).map(({ attributes }) => attributes["name"])).toEqual(["run", "install", "custom"]);
  expect(suite(told, "custom").attributes).toMatchObject({
    tests: "2",
    failures: "1",
    errors: "0",
    skipped: "1",
    time: "1.500",
    timestamp: "2026-01-01T00:00:00",
  });
  expect(suite(told, "custom").children[0]?.children.map(({ attributes }) => attributes)).toContainEqual({
    name: "outcome",
    value: "fail",
  });
  const [login, skip] = cases(suite(told, "custom"));
  expect(login?.attributes).toEqual({ name: "logs in", classname: "recipe-ci.notes.custom", time: "1.250" });
  expect(login?.children[0]).toMatchObject({
    name: "failure",
    attributes: { message: "exit code 1" },
    text: "exit code 1\nwrong password",
  });
  expect(skip?.children[0]).toMatchObject({ name: "skipped", attributes: { message: "no browser" } });
  expect(suite(told, "run").children[0]?.children.map(({ attributes }) => attributes)).toContainEqual({ name: "level", value: "1" });
});

test("a tier that was left out is a skipped case with its reason, one that showed nothing an error, one that broke before its tests a failure", () => {
  const told = toldOf({
    plan: planSkipping(),
    tiers: [
      tierOf("upgrade", "skip"),
      tierOf("custom", "unverified", [{ ...failed, outcome: "skipped" }]),
      { ...tierOf("backup", "fail"), outcome: { kind: "fail", failure: someFailure("nothing was backed up") } },
    ],
  });
  expect(cases(suite(told, "upgrade"))[0]?.children[0]).toMatchObject({
    name: "skipped",
    attributes: { message: "only one version is published" },
  });
  expect(cases(suite(told, "custom"))[0]?.children[0]?.name).toBe("error");
  expect(cases(suite(told, "backup"))[0]?.children[0]).toMatchObject({
    name: "failure",
    attributes: { message: "failed: nothing was backed up", type: "tier-failed" },
  });
});

test("a tier that something cut is a case of its own, with all that is known, beside the test that was cut off and the one that was not run", () => {
  const tests: readonly TestResult[] = [
    { ...failed, name: "20-hangs", message: "cut off before its end: it took longer than 1 min" },
    { ...failed, name: "30-later", outcome: "skipped", message: "not run: it took longer than 1 min" },
  ];
  const failure = asFailure({ code: "tier-overrun", message: "it took longer than 1 min", hint: "look", details: ["last words"] });
  const told = cases(suite(toldOf({ tiers: [{ tier: "custom", outcome: { kind: "fail", failure }, tests, durationMs: 5 }] }), "custom"));
  expect(told.map(({ attributes, children }) => [attributes["name"], children[0]?.name])).toEqual([
    ["the custom tier", "failure"],
    ["20-hangs", "failure"],
    ["30-later", "skipped"],
  ]);
  expect(told[0]?.children[0]?.text).toContain("last words");
  expect(told[2]?.children[0]?.attributes["message"]).toBe("not run: it took longer than 1 min");
});

test("the phase that the run did not get through fails with all that is known, and so does a clean-up that left something", () => {
  const record = {
    ...sampleRecord,
    phases: ["deploy", "test", "tearingDown"].map((name) => ({ name, startedAt: sampleRecord.startedAt, durationMs: 1_000 })),
  };
  const told = toldOf({
    record,
    verdict: { kind: "failed", failure: { ...someFailure(), details: ["last words"] } },
    cleanliness: { kind: "dirty", residue: [{ kind: "volume", name: "left" }] },
  });
  const [deploy, tests, tearingDown] = cases(suite(told, "run"));
  expect(deploy?.children).toEqual([]);
  expect(tests?.children[0]?.text).toBe("failed: it broke\nlast words\nnext: look");
  expect(tearingDown?.children[0]?.text).toBe("residue: volume left");
});

const hostile = [
  "]]> </failure></testcase> <!-- & &amp; &#0; <?xml",
  "\u0000\u0001\u0008\u000b\u001f\ufffe\uffff\ud800 lone \udc00",
  "\u001b[31mred\u001b]0;title\u0007\u001b[0m",
  "\u202ereversed\u2066",
  "\"quotes\" 'and' \t tabs \r\n lines \u0085 \u2028",
  "x".repeat(1024 * 1024),
  `${"<&>\n".repeat(300_000)}the last line`,
  "",
];

test("whatever a test prints, the document is well-formed, says it as text, and stays bounded", () => {
  const tests = hostile.flatMap((text): TestResult[] => [
    { name: text, outcome: "failed", durationMs: 1, message: text },
    { name: text, outcome: "skipped", durationMs: 1, message: text },
  ]);
  const told = toldOf({ tiers: [tierOf("custom", "fail", tests)], record: { ...sampleRecord, recipe: 'no"tes<' } });
  const found = cases(suite(told, "custom"));
  expect(found).toHaveLength(tests.length);
  expect(found.every(({ attributes, children }) => attributes["name"] !== "" && children.length === 1)).toBe(true);
  expect(found[0]?.children[0]?.text).toBe(hostile[0]);
  expect(found[4]?.children[0]?.text).toBe("red");
  expect(found[12]?.children[0]?.text).toMatch(/^… \d+ characters more\n(?:<&>\n)+the last line$/);
});

test("a thousand tests with a megabyte each make a file that a CI can take, in a time in proportion", () => {
  const message = "x\n".repeat(512 * 1024);
  const tests = Array.from({ length: 1_000 }, (_, index): TestResult => ({
    name: `test ${index}`,
    outcome: "failed",
    durationMs: 1,
    message,
  }));
  const xml = junit(toldOf({ tiers: [tierOf("custom", "fail", tests)] }));
  expect(xml.length).toBeLessThan(6 * 1024 * 1024);
  expect(xml).toContain('name="test 999"');
});

test("the phase in which the deadline cut something short has all that is known of it, as one that failed has", () => {
  const cut = cutFailure("the custom tier", 8_000, "its tests did not end in that", ["last words of app: no route"]);
  const phases = [{ name: "test", startedAt: "2026-01-01T00:00:00.000Z", durationMs: 8_000 }];
  const told = toldOf({ verdict: { kind: "stopped", cause: "deadline", cut }, record: { ...sampleRecord, phases } });
  const texts = cases(suite(told, "run")).flatMap(({ children }) => children.map(({ text }) => text));
  expect(texts).toEqual([expect.stringMatching(/the custom tier was cut[^]*last words of app: no route\nnext: /) as string]);
});
