import { expect, test } from "vitest";
import { codeBlock, inlineCode, webLink } from "../../../src/effects/report/markdown.js";
import { summaryMarkdown } from "../../../src/effects/report/summary.js";
import { sampleRecord } from "../../support/run-record.js";
import { cleanLint, planSkipping, someFailure, tierOf, toldOf } from "../../support/told.js";

test("a green run's summary says verdict, level, tiers with tests and reasons, and what the services took", () => {
  const text = summaryMarkdown(
    toldOf({
      plan: planSkipping({ tier: "upgrade", kind: "structural", reason: "only one version is published" }),
      tiers: [tierOf("install", "pass", [{ name: "answers", outcome: "passed", durationMs: 3, message: null }]), tierOf("upgrade", "skip")],
      observed: {
        lint: cleanLint,
        usage: [{ service: "app", rest: { memoryBytes: 5_000_000, processors: 0.01 }, peak: { memoryBytes: 90_000_000, processors: 1.2 } }],
        tiers: [],
        screenshot: null,
        screenshotTrouble: null,
        customization: null,
      },
    }),
  );
  expect(text).toContain("### ✅ `notes` passed, level 1 of 5");
  expect(text).toContain("| install | ✅ pass | 1 passed | 1.5 s |  |");
  expect(text).toContain("| upgrade | ⏭️ skip | — | 1.5 s | `only one version is published` |");
  expect(text).toContain("| `app` | 4.8 MiB | 86 MiB | 0.01 | 1.20 |");
  expect(text).toContain("[build](<https://ci.example.com/42>)");
});

test("a red run's summary says where and why, and what is left", () => {
  const record = { ...sampleRecord, phases: [{ name: "test", startedAt: sampleRecord.startedAt, durationMs: 1 }] };
  const text = summaryMarkdown(
    toldOf({
      record,
      tiers: [tierOf("custom", "fail")],
      verdict: { kind: "failed", failure: { ...someFailure(), details: ["last words"] } },
      cleanliness: { kind: "dirty", residue: [{ kind: "volume", name: "left" }] },
    }),
  );
  expect(text).toContain("**Failed in test (custom)** (tier-failed)");
  expect(text).toContain("```text\nit broke\nlast words\n\nnext: look\n```");
  expect(text).toContain("### ❌ `notes` failed, but not clean, level");
  expect(text).toMatch(/^- volume `left`\n\nNext: .*recipe-ci janitor --dry-run$/m);
});

/** What is outside of code: the only text in which a forge sees mark-up. */
const outsideOfCode = (markdown: string): string =>
  markdown
    .replaceAll(/^(`{3,})text\n[^]*?\n\1$/gm, "")
    .split("\n")
    .map((line) => line.replaceAll(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, ""))
    .join("\n");

const hostile = [
  "@everyone [click](https://evil.example) ![x](https://evil.example/p.png) <img src=x onerror=alert(1)> #1 https://evil.example",
  "`code` ``more`` ```\n```\n# heading\n| a | b |\n~~~~",
  "a | b \\| c",
  "`",
  "```".repeat(50),
  "\u202eevil\u001b[31m\u0000",
  "<!-- \n--> </details>",
  "line\r\n\r\n# evil heading\r- evil item",
];

test("nothing that a stranger wrote is mark-up, link, mention, HTML or an end of a table's cell in it", () => {
  for (const text of hostile) {
    const failure = { ...someFailure(text), hint: text, details: [text, text] };
    const record = { ...sampleRecord, recipe: text, link: `https://ci.example.com/a) @everyone ${text}` };
    const told = toldOf({
      record,
      verdict: { kind: "failed", failure },
      cleanliness: { kind: "dirty", residue: [{ kind: "volume", name: text }] },
      tiers: [{ ...tierOf("custom", "fail"), outcome: { kind: "fail", failure } }],
      observed: {
        lint: { kind: "ran", rules: [{ ref: text, rule: text, severity: text, satisfied: "no", resolve: text }] },
        usage: [{ service: text, rest: { memoryBytes: 0, processors: 0 }, peak: { memoryBytes: 0, processors: 0 } }],
        tiers: [],
        screenshot: null,
        screenshotTrouble: null,
        customization: null,
      },
    });
    const summary = summaryMarkdown(told);
    // oxlint-disable-next-line no-control-regex -- this is what must not be there
    expect(outsideOfCode(summary), text).not.toMatch(/evil|@everyone|onerror|click|<(?!https:)|\u202e|\u0000/);
    for (const row of summary.split("\n").filter((line) => line.startsWith("| custom"))) expect(row.split("|"), text).toHaveLength(7);
  }
});

test("code is fenced by more backticks than it contains", () => {
  expect(inlineCode("a`b``c")).toBe("``` a`b``c ```");
  expect(codeBlock("````")).toBe("`````text\n````\n`````");
  expect(inlineCode(" \n ")).toBe("—");
});

test("only a web address that cannot break out of its link becomes one", () => {
  expect(webLink("build", "https://ci.example.com/42?a=b#c")).toBe("[build](<https://ci.example.com/42?a=b#c>)");
  for (const address of ["javascript:alert(1)", "https://x/>) evil", "https://x/\nevil", null])
    expect(webLink("build", address)).toBeNull();
});

test("when a summary is too long for a forge, it is cut and says where the rest is", () => {
  const residue = Array.from({ length: 20 }, (_, index) => ({ kind: "volume" as const, name: `${index}`.repeat(200) }));
  const tiers = Array.from({ length: 400 }, () => ({
    ...tierOf("custom", "fail"),
    outcome: { kind: "fail" as const, failure: someFailure("x".repeat(200)) },
  }));
  const text = summaryMarkdown(toldOf({ tiers, cleanliness: { kind: "dirty", residue } }));
  expect(text.length).toBeLessThan(60_000);
  expect(text).toContain("report.html");
});
