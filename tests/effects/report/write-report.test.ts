import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createActor, toPromise } from "xstate";
import { tell, type ReportInput, type Told } from "../../../src/effects/report/report-input.js";
import { renderReportHtml, type ReportExtras } from "../../../src/effects/report/html.js";
import { nothingObserved, type Observed } from "../../../src/effects/report/observed.js";
import { rememberSecret } from "../../../src/effects/redact.js";
import { writeReport } from "../../../src/effects/report/write-report.js";
import { asFailure } from "../../../src/machines/errors.js";
import type { Failure } from "../../../src/machines/vocabulary.js";
import { temporaryFolder } from "../../support/processes.js";
import { schemaTroubles } from "../../support/results-schema.js";
import { sampleRecord } from "../../support/run-record.js";

const evil = '<script>alert("x")</script>&';

const record = {
  ...sampleRecord,
  phases: [
    { name: "deploy", startedAt: "2026-01-01T00:00:00.000Z", durationMs: 1_000 },
    { name: "test", startedAt: "2026-01-01T00:00:01.000Z", durationMs: 3_000 },
    { name: "tearingDown", startedAt: "2026-01-01T00:00:04.000Z", durationMs: null },
  ],
};

const input: ReportInput = {
  app: null,
  verdict: { kind: "failed", failure: { code: "tier-failed", message: evil, hint: evil, exitCode: 1, details: [evil] } },
  cleanliness: { kind: "dirty", residue: [{ kind: "volume", name: evil }] },
  results: [
    {
      tier: "custom",
      outcome: { kind: "fail", failure: { code: "tier-failed", message: evil, hint: evil, exitCode: 1, details: [evil] } },
      tests: [{ name: `colour\u001b[31m ${evil}`, outcome: "failed", durationMs: 5, message: `\u001b[31mred\u0000 ${evil}` }],
    },
  ],
  url: "https://note.example.com",
  slips: [{ file: evil, line: 1, code: "no-version-label", sentence: evil, deadly: false }],
  plan: { rounds: [], skips: [{ tier: "upgrade", kind: "structural", reason: evil }] },
};

const extras: ReportExtras = {
  chart:
    '<svg><g data-state="run.holding"><rect class="state"/></g><g data-source="run.prepare" data-target="run.holding"></g><g data-source="run.prepare" data-target="run.reporting"></g></svg>',
  path: ["run.prepare", "run.holding.acquire"],
  logTail: [evil],
  picture: null,
};

const observed: Observed = {
  lint: { kind: "ran", rules: [{ ref: "R001", rule: evil, severity: "error", satisfied: "no", resolve: evil }] },
  usage: [{ service: "app", rest: { memoryBytes: 5_000_000, processors: 0.01 }, peak: { memoryBytes: 90_000_000, processors: 1.2 } }],
  tiers: [],
  screenshot: null,
  screenshotTrouble: evil,
  customization: null,
};

const toldWith = (given: Partial<Told> = {}): Told => ({
  ...tell(input, { record, observed, now: Date.parse("2026-01-01T00:00:04.000Z") }),
  ...given,
});

test("the page makes no request, runs no script, and shows strangers' text as text", () => {
  const page = renderReportHtml(toldWith(), extras);
  expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\ssrc=/i);
  expect(page.split("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;").length - 1).toBe(15);
  expect(page).toContain('name="viewport"');
  expect(page).toContain("prefers-color-scheme:dark");
});

test("the page has nothing that turns the reading order around, and nothing that only a terminal obeys, the end of the log included", () => {
  const page = renderReportHtml(toldWith(), { ...extras, logTail: ["\u001b[31mred\u001b[0m \u202elive\u009b2J"] });
  expect(page).toContain("red live2J");
  // oxlint-disable-next-line no-control-regex -- they are what this is about
  expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
});

test("the page has each phase at its place on one axis of time, and the path on the chart", () => {
  const page = renderReportHtml(toldWith(), extras);
  expect(page).toContain("left:0.00%;width:25.00%");
  expect(page).toContain("left:25.00%;width:75.00%");
  expect(page).toContain('[data-state="run.holding"]>.state');
  expect(page).toContain('[data-source="run.prepare"][data-target="run.holding"] .arrow');
  expect(page).not.toContain('[data-source="run.prepare"][data-target="run.reporting"] .arrow');
  expect(renderReportHtml(toldWith(), { ...extras, chart: null })).not.toContain("The path taken");
});

test("a red page begins with where and why, colours that phase, and says exit code, time and links that lead somewhere", () => {
  const page = renderReportHtml(toldWith({ record: { ...record, link: "https://ci.example.com/7" } }), extras);
  expect(page.indexOf("Failed in test")).toBeLessThan(page.indexOf("exit code"));
  expect(page).toMatch(/Failed in test.* <span class="soft">tier-failed<\/span>/);
  expect(page).toMatch(/class="phase failing"><span>test</);
  expect(page).toMatch(/<dt>exit code<\/dt><dd>1<\/dd>/);
  expect(page).toMatch(/<dt>finished<\/dt><dd>2026-01-01 00:00:04 UTC<\/dd>/);
  for (const address of ["https://ci.example.com/7", "https://note.example.com"]) expect(page).toContain(`<a href="${address}"`);
});

test("when an address is no web address or would break out of its attribute, it stays text", () => {
  for (const url of ["javascript:alert(1)", 'https://x"onclick=alert(1)']) {
    expect(renderReportHtml(toldWith({ url }), extras)).not.toMatch(/href="(?:javascript|https:\/\/x)/);
  }
});

test("when a run ended before its first phase, it still has a page", () => {
  expect(
    renderReportHtml(toldWith({ record: { ...record, phases: [] }, tiers: [] }), { chart: null, path: [], logTail: [], picture: null }),
  ).not.toMatch(/NaN|undefined/);
});

test("the page shows the level with its rungs, each tier with its outcome and reason, lint, slips, what the services took, and the picture in it", () => {
  const page = renderReportHtml(toldWith(), { ...extras, picture: Buffer.from("png") });
  expect(page).toContain("Level 0 of 5");
  expect(page).toMatch(/<h2>custom <span class="bad">fail</);
  expect(page).toMatch(/<h2>upgrade <span class="soft">skip</);
  expect(page).toMatch(/<td class="bad">R001</);
  expect(page).toMatch(/<h2>Slips<.*:1<\/td>/s);
  expect(page).toContain("<td>4.8 MiB</td><td>86 MiB</td>");
  expect(page).toContain(`src="data:image/png;base64,${Buffer.from("png").toString("base64")}"`);
});

test("when one file cannot be written, the others are, and a torn line of the log is shown as it is", async () => {
  const runDir = temporaryFolder();
  mkdirSync(join(runDir, "junit.xml"));
  writeFileSync(join(runDir, "run.log"), '{"msg":"first words"}\n{"msg":"to');
  const troubles: string[] = [];
  const report = writeReport({
    runDir,
    record: () => record,
    hasFolder: () => true,
    observed: () => nothingObserved,
    chart: null,
    path: () => [],
    makeRoom: async () => undefined,
    onUnwritten: (name) => void troubles.push(name),
  });
  await toPromise(createActor(report, { input }).start());
  expect(troubles).toEqual(["junit.xml"]);
  expect(readdirSync(runDir).toSorted()).toEqual(["badge.svg", "junit.xml", "report.html", "results.json", "run.log", "summary.md"]);
  const page = readFileSync(join(runDir, "report.html"), "utf8");
  expect(page).toContain("first words");
  expect(page).toContain("{&quot;msg&quot;:&quot;to");
  expect(schemaTroubles(JSON.parse(readFileSync(join(runDir, "results.json"), "utf8")))).toEqual([]);
});

test("at the end of the log, no line of what a program or abra printed looks like one of ours", async () => {
  const runDir = temporaryFolder();
  const forged = "wiki (wiki-0a1b2c.ci.test): passed, exit code 0";
  const lines = [
    { program: "10-a", msg: `one\n${forged}\u2028${forged}` },
    { abra: "app deploy", msg: `two\r\n${forged}` },
    { actor: "run", msg: `the folder x\n${forged} is none` },
  ];
  writeFileSync(join(runDir, "run.log"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const report = writeReport({
    runDir,
    record: () => record,
    hasFolder: () => true,
    observed: () => nothingObserved,
    chart: null,
    path: () => [],
    makeRoom: async () => undefined,
    onUnwritten: () => undefined,
  });
  await toPromise(createActor(report, { input }).start());
  const page = readFileSync(join(runDir, "report.html"), "utf8");
  expect(page.split(forged)).toHaveLength(5);
  expect(page).not.toMatch(/^wiki \(wiki-0a1b2c/m);
  expect(page).toContain(`| ${forged} ${forged}`);
});

test("results.json says that no secret leaked only if every file was searched and none holds a known secret", async () => {
  const flagWith = async (prepare: (runDir: string) => void): Promise<boolean> => {
    const runDir = temporaryFolder();
    prepare(runDir);
    const report = writeReport({
      runDir,
      record: () => record,
      hasFolder: () => true,
      observed: () => nothingObserved,
      chart: null,
      path: () => [],
      makeRoom: async () => undefined,
      onUnwritten: () => undefined,
    });
    await toPromise(createActor(report, { input }).start());
    return (JSON.parse(readFileSync(join(runDir, "results.json"), "utf8")) as { flags: { no_secret_leak: boolean } }).flags.no_secret_leak;
  };
  rememberSecret("hunter2-and-more");
  expect(await flagWith((runDir) => writeFileSync(join(runDir, "run.log"), '{"msg":"nothing of that kind"}\n'))).toBe(true);
  expect(await flagWith((runDir) => writeFileSync(join(runDir, "events.jsonl"), '{"seq":1,"said":"hunter2-and-more"}\n'))).toBe(false);
  expect(await flagWith((runDir) => mkdirSync(join(runDir, "events.jsonl")))).toBe(false);
  expect(
    await flagWith((runDir) => {
      writeFileSync(join(runDir, "run.log"), "");
      truncateSync(join(runDir, "run.log"), 17 * 1024 * 1024);
    }),
  ).toBe(false);
});

test.each<readonly [string, (failure: Failure) => ReportInput["verdict"]]>([
  ["failed", (failure) => ({ kind: "failed", failure })],
  ["the deadline cut short", (failure) => ({ kind: "stopped", cause: "deadline", cut: failure })],
])("no file of the report tells a secret that stands in what %s and became known only later", async (_, verdictBy) => {
  const secret = `later-${randomUUID()}`;
  const failure = asFailure({
    code: "out-of-time",
    message: `said ${secret}`,
    hint: `not ${secret}`,
    details: [`  last words: ${secret}`],
  });
  rememberSecret(secret);
  const runDir = temporaryFolder();
  const report = writeReport({
    runDir,
    record: () => record,
    hasFolder: () => true,
    observed: () => nothingObserved,
    chart: null,
    path: () => [],
    makeRoom: async () => undefined,
    onUnwritten: () => undefined,
  });
  await toPromise(createActor(report, { input: { ...input, verdict: verdictBy(failure) } }).start());
  const telling = readdirSync(runDir).filter((name) => readFileSync(join(runDir, name), "utf8").includes(secret));
  expect(telling).toEqual([]);
});

test("what a recipe calls its version reaches nobody's terminal by results.json as more than text", async () => {
  const runDir = temporaryFolder();
  const message = "1.0.0+\u009b2J\u202e is refused";
  const report = writeReport({
    runDir,
    record: () => record,
    hasFolder: () => true,
    observed: () => nothingObserved,
    chart: null,
    path: () => [],
    makeRoom: async () => undefined,
    onUnwritten: () => undefined,
  });
  await toPromise(
    createActor(report, {
      input: { ...input, verdict: { kind: "failed", failure: asFailure({ code: "bad-ref", message, hint: "x" }) } },
    }).start(),
  );
  const text = readFileSync(join(runDir, "results.json"), "utf8");
  expect(text).not.toMatch(/[\u007f-\u009f\p{Bidi_Control}]/u);
  expect(JSON.parse(text)).toMatchObject({ failure: { message } });
});
