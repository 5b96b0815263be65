import { formatDuration } from "../../machines/duration.js";
import type { TestResult } from "../../machines/vocabulary.js";
import { html, type Markup } from "./html-text.js";
import { endOfText, printable } from "./printable.js";
import { rungs, type Rung, type RungStatus } from "./rungs.js";
import type { Told } from "./report-input.js";
import { isToldByTests, type TierReport } from "./tier-report.js";

const testMarks = { passed: "ok", failed: "bad", skipped: "soft" } as const;
const outcomeMarks = { pass: "ok", fail: "bad", skip: "soft", unverified: "warn" } as const;
const rungMarks = { pass: "ok", fail: "bad", skip: "soft", unver: "warn" } as const;

const rungNames: Readonly<Record<Rung, string>> = {
  install: "install",
  upgrade: "upgrade",
  backup_restore: "backup, restore",
  functional: "functional",
  lint: "lint",
};
const rungWords: Readonly<Record<RungStatus, string>> = { pass: "pass", fail: "fail", skip: "skipped", unver: "not shown" };

/** The most shown of one test's message: a browser must still open the page. */
const messageChars = 64 * 1024;

const testRow = ({ name, outcome, durationMs, message }: TestResult): Markup =>
  html`<tr><td class="${testMarks[outcome]}">${outcome}</td><td>${printable(name)}${message === null ? null : html`<pre>${endOfText(printable(message), messageChars)}</pre>`}</td><td class="soft">${formatDuration(durationMs)}</td></tr>`;

const reason = (report: TierReport): Markup | null => {
  const { outcome } = report;
  switch (outcome.kind) {
    case "pass":
      return null;
    case "skip":
      return html`<p class="soft">${outcome.reason}</p>`;
    case "fail":
    case "unverified": {
      const { message, details, hint } = outcome.failure;
      return html`<p>${message}</p>${isToldByTests(report) || details.length === 0 ? null : html`<pre>${details.join("\n")}</pre>`}<p class="soft">Next: ${hint}</p>`;
    }
  }
};

const tier = (report: TierReport): Markup =>
  html`<h2>${report.tier} <span class="${outcomeMarks[report.outcome.kind]}">${report.outcome.kind}</span>${report.durationMs === 0 ? null : html` <span class="soft">${formatDuration(report.durationMs)}</span>`}</h2>
${reason(report)}${report.tests.length === 0 ? null : html`<table>${report.tests.map(testRow)}</table>`}`;

/** Each tier with its outcome, the reason and its tests. */
export const tierSections = ({ tiers }: Told): Markup => html`${tiers.map(tier)}`;

/** The level that the recipe reached, and the status of each rung. */
export const ladder = ({ level, rungs: statuses }: Told): Markup =>
  html`<h2>Level ${level} of ${rungs.length}</h2><ol class="rungs">${rungs.map((rung) => html`<li class="${rungMarks[statuses[rung]]}">${rungNames[rung]}<span>${rungWords[statuses[rung]]}</span></li>`)}</ol>`;
