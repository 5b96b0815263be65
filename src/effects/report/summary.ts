import { slipLine } from "../../machines/slip.js";
import { formatDuration } from "../../machines/duration.js";
import { exitCodeFor, failureOf } from "../../machines/run/verdict.js";
import { formatBytes } from "../../machines/bytes.js";
import { codeBlock, inlineCode, webLink } from "./markdown.js";
import { butUnclean, nextFor } from "./next-for.js";
import { failingPlace, type Told } from "./report-input.js";
import { reasonOf } from "./results.js";
import { rungs } from "./rungs.js";
import type { TierReport } from "./tier-report.js";

const marks = { pass: "✅ pass", fail: "❌ fail", skip: "⏭️ skip", unverified: "❓ unverified", unver: "❓ not shown" } as const;

const rungNames = {
  install: "install",
  upgrade: "upgrade",
  backup_restore: "backup and restore",
  functional: "functional",
  lint: "lint",
} as const;

const heading = ({ record, verdict, cleanliness, level }: Told): string => {
  const mark =
    verdict.kind === "passed" ? (exitCodeFor(verdict, cleanliness) === 0 ? "✅" : "⚠️") : verdict.kind === "failed" ? "❌" : "⏹️";
  const how = verdict.kind === "stopped" ? `stopped (${verdict.cause})` : verdict.kind;
  return `### ${mark} ${inlineCode(record.recipe)} ${how}${butUnclean(cleanliness)}, level ${level} of ${rungs.length}`;
};

const testsOf = ({ tests }: TierReport): string => {
  const count = (outcome: string): number => tests.filter((test) => test.outcome === outcome).length;
  const parts = [
    `${count("passed")} passed`,
    ...(count("failed") > 0 ? [`${count("failed")} failed`] : []),
    ...(count("skipped") > 0 ? [`${count("skipped")} skipped`] : []),
  ];
  return tests.length === 0 ? "—" : parts.join(", ");
};

const tierTable = ({ tiers }: Told): readonly string[] =>
  tiers.length === 0
    ? []
    : [
        "",
        "| tier | outcome | tests | time | why |",
        "|---|---|---|---|---|",
        ...tiers.map((report) => {
          const reason = reasonOf(report.outcome);
          return `| ${report.tier} | ${marks[report.outcome.kind]} | ${testsOf(report)} | ${report.outcome.kind === "skip" && report.durationMs === 0 ? "—" : formatDuration(report.durationMs)} | ${reason === null ? "" : inlineCode(reason)} |`;
        }),
      ];

const failure = (told: Told): readonly string[] => {
  const { verdict } = told;
  const why = failureOf(verdict);
  if (why === null) return [];
  const { code, message, details, hint } = why;
  const place = failingPlace(told);
  return [
    "",
    `**${verdict.kind === "failed" ? "Failed" : "Stopped"}${place === null ? "" : ` in ${place}`}** (${code})`,
    "",
    codeBlock([message, ...details, "", `next: ${hint}`].join("\n")),
  ];
};

const clean = ({ cleanliness }: Told): readonly string[] => {
  switch (cleanliness.kind) {
    case "clean":
      return ["", "Nothing is left on the Swarm."];
    case "dirty":
      return [
        "",
        "**Left behind:**",
        "",
        ...cleanliness.residue.slice(0, 20).map(({ kind, name }) => `- ${kind} ${inlineCode(name)}`),
        "",
        `Next: ${nextFor(cleanliness) ?? ""}`,
      ];
    case "unverified":
      return [
        "",
        "**Not verified on these nodes:**",
        "",
        ...cleanliness.nodes.slice(0, 20).map(({ node, why }) => `- ${inlineCode(node)}: ${inlineCode(why)}`),
        "",
        `Next: ${nextFor(cleanliness) ?? ""}`,
      ];
    case "unknown":
      return [];
  }
};

const lint = ({ observed }: Told): readonly string[] => {
  if (observed.lint === null) return [];
  if (observed.lint.kind === "not-run") return ["", `Lint did not run: ${inlineCode(observed.lint.why)}`];
  const failed = observed.lint.rules.filter(({ satisfied }) => satisfied === "no");
  return failed.length === 0
    ? []
    : [
        "",
        "**Lint** (does not change the verdict):",
        "",
        ...failed.map(({ ref, severity, rule }) => `- ${inlineCode(ref)} ${inlineCode(severity)}: ${inlineCode(rule)}`),
      ];
};

const slipLines = ({ slips }: Told): readonly string[] =>
  slips.length === 0
    ? []
    : [
        "",
        "**Slips in the recipe's files** (each counts against the level):",
        "",
        ...slips.map((slip) => `- ${inlineCode(slipLine(slip))}`),
      ];

const usage = ({ observed }: Told): readonly string[] =>
  observed.usage.length === 0
    ? []
    : [
        "",
        "| service | memory at rest | at peak | processors at rest | at peak |",
        "|---|---|---|---|---|",
        ...observed.usage.map(
          ({ service, rest, peak }) =>
            `| ${inlineCode(service)} | ${formatBytes(rest.memoryBytes)} | ${formatBytes(peak.memoryBytes)} | ${rest.processors.toFixed(2)} | ${peak.processors.toFixed(2)} |`,
        ),
      ];

const facts = ({ record, now, rungs: statuses }: Told): string => {
  const parts = [
    record.ref === null ? null : `commit ${inlineCode(record.ref.slice(0, 12))}`,
    record.pr === 0 ? null : `pull request ${record.pr}`,
    `run ${inlineCode(record.runId)}`,
    formatDuration(Math.max(0, now - Date.parse(record.startedAt))),
    webLink("build", record.link),
  ];
  const ladder = rungs.map((rung) => `${rungNames[rung]}: ${marks[statuses[rung]]}`).join(" · ");
  return `${parts.filter((part) => part !== null).join(" · ")}\n\n${ladder}`;
};

/** The longest comment that a forge accepts. */
const charsMax = 60_000;

/**
 * The comment on a pull request. Text of the recipe and its programs is code in it, so that no mark-up, mention or link of theirs takes
 * effect.
 */
export const summaryMarkdown = (told: Told): string => {
  const lines = [
    heading(told),
    "",
    facts(told),
    ...tierTable(told),
    ...failure(told),
    ...clean(told),
    ...lint(told),
    ...slipLines(told),
    ...usage(told),
    "",
  ];
  const text = lines.join("\n");
  return text.length <= charsMax
    ? text
    : [heading(told), "", facts(told), "", "The whole of it is too long for a comment: see report.html.", ""].join("\n");
};
