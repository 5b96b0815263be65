import { formatDuration } from "../../machines/duration.js";
import type { TestResult } from "../../machines/vocabulary.js";
import type { RunRecordFile } from "../record/run-record.js";
import { verdictLine, type ReportInput } from "./report-input.js";

/** What the page shows beside record and outcome. */
export interface ReportExtras {
  /** The run chart as SVG, or null where it is not to be had. */
  readonly chart: string | null;
  /** The states that the run was in, by the ids of the chart. */
  readonly visited: readonly string[];
  readonly logTail: readonly string[];
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const style = `
:root{color-scheme:light dark;--ground:#fff;--ink:#14181f;--soft:#5b6472;--line:#d5dbe3;--panel:#f5f7fa;--ok:#1a7f43;--bad:#b42318;--warn:#9a5b00;--bar:#2f6fed}
@media(prefers-color-scheme:dark){:root{--ground:#0f141b;--ink:#e9eef5;--soft:#9aa6b5;--line:#2b3644;--panel:#161d27;--ok:#4cc47c;--bad:#ff7b72;--warn:#f0a04b}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:62rem;margin:0 auto;padding:1.25rem 1rem 4rem}h1{font-size:1.4rem;margin:.25rem 0}h2{font-size:1.05rem;margin:2rem 0 .5rem}
.verdict{display:inline-block;padding:.15rem .6rem;border-radius:.4rem;color:#fff;font-weight:700}.passed{background:#1a7f43}.failed{background:#b42318}.stopped{background:#5b6472}.dirty{background:#9a5b00}
.soft{color:var(--soft)}dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.75rem 0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.phase{display:grid;grid-template-columns:7rem 1fr 5.5rem;gap:.6rem;align-items:center;margin:.2rem 0}.track{background:var(--panel);height:1rem;border-radius:.25rem;position:relative}.bar{position:absolute;top:0;height:100%;min-width:2px;border-radius:.25rem;background:var(--bar)}.phase span:last-child{text-align:right;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%}td{border-top:1px solid var(--line);padding:.35rem .5rem .35rem 0;vertical-align:top;overflow-wrap:anywhere}td:first-child,td:last-child{white-space:nowrap}.ok{color:var(--ok)}.bad{color:var(--bad)}
pre{background:var(--panel);padding:.75rem;border-radius:.4rem;overflow:auto;font-size:.82rem;line-height:1.4;white-space:pre-wrap;overflow-wrap:anywhere;margin:.4rem 0}
.chart{overflow:auto;border:1px solid var(--line);border-radius:.4rem}.chart svg{display:block;margin:0 auto;max-width:100%;height:auto}
@media(max-width:36rem){.phase{grid-template-columns:6.6rem 1fr 4.5rem}dl{grid-template-columns:1fr}dt{margin-top:.4rem}}
`;

const facts = (record: RunRecordFile, { url }: ReportInput): string => {
  const rows: readonly (readonly [string, string | null])[] = [
    ["run", record.runId],
    ["recipe", record.recipe],
    ["commit", record.ref],
    ["pull request", record.pr === 0 ? null : String(record.pr)],
    ["app", record.domain],
    ["address", url],
    ["build", record.link],
    ["started", record.startedAt],
    ["deploys", String(record.deploys)],
  ];
  return `<dl>${rows.map(([name, value]) => (value === null ? "" : `<dt>${name}</dt><dd>${escaped(value)}</dd>`)).join("")}</dl>`;
};

/** Each phase as a bar on one axis of time, from the start of the first. */
const timeline = ({ phases }: RunRecordFile): string => {
  const first = Date.parse(phases[0]?.startedAt ?? "");
  const ends = phases.map(({ startedAt, durationMs }) => Date.parse(startedAt) - first + (durationMs ?? 0));
  const whole = Math.max(1, ...ends);
  const share = (ms: number): string => ((100 * ms) / whole).toFixed(2);
  return phases
    .map(({ name, startedAt, durationMs }) => {
      const left = share(Date.parse(startedAt) - first);
      return `<div class="phase"><span>${escaped(name)}</span><span class="track"><span class="bar" style="left:${left}%;width:${share(durationMs ?? 0)}%"></span></span><span>${formatDuration(durationMs ?? 0)}</span></div>`;
    })
    .join("");
};

const testRow = ({ name, outcome, durationMs, message }: TestResult): string =>
  `<tr><td class="${outcome === "failed" ? "bad" : "ok"}">${outcome}</td><td>${escaped(name)}${message === null ? "" : `<pre>${escaped(message)}</pre>`}</td><td class="soft">${formatDuration(durationMs)}</td></tr>`;

const tests = ({ results }: ReportInput): string =>
  results.map(({ tier, tests: list }) => `<h2>${tier}</h2><table>${list.map(testRow).join("")}</table>`).join("");

const failure = ({ verdict }: ReportInput): string =>
  verdict.kind === "failed"
    ? `<h2>Why</h2><p>${escaped(verdict.failure.message)}</p>${verdict.failure.details.length === 0 ? "" : `<pre>${escaped(verdict.failure.details.join("\n"))}</pre>`}<p class="soft">Next: ${escaped(verdict.failure.hint)}</p>`
    : "";

const cleanliness = ({ cleanliness: clean }: ReportInput): string => {
  switch (clean.kind) {
    case "clean":
      return "<p>Nothing is left: verified by listing everything that carries the app's name.</p>";
    case "dirty":
      return `<p class="bad">Left behind:</p><ul>${clean.residue.map(({ kind, name }) => `<li>${kind} ${escaped(name)}</li>`).join("")}</ul>`;
    case "unknown":
      return "<p>Nothing of this run was put on the Swarm, or another run owns the app by now.</p>";
  }
};

const path = ({ chart, visited }: ReportExtras): string => {
  if (chart === null) return "";
  const marks = visited.map((id) => `[data-state="${id.replaceAll(/["\\]/g, "")}"]>.state`).join(",");
  return `<h2>The path taken</h2>${marks === "" ? "" : `<style>${marks}{stroke:#2f6fed;stroke-width:3}</style>`}<div class="chart">${chart}</div>`;
};

/** A run's report as one file that needs nothing else: no scripts, no requests; on a phone and in the dark as well. */
export const renderReportHtml = (record: RunRecordFile, input: ReportInput, extras: ReportExtras): string => {
  const dirty = input.cleanliness.kind === "dirty";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(`${record.recipe} ${input.verdict.kind} (run ${record.runId})`)}</title><style>${style}</style></head><body><main>
<p class="soft">recipe-ci</p><h1>${escaped(record.recipe)} <span class="verdict ${input.verdict.kind}">${escaped(verdictLine(input.verdict).split(":", 1)[0] ?? "")}</span>${dirty ? ' <span class="verdict dirty">dirty</span>' : ""}</h1>
${facts(record, input)}
${failure(input)}
<h2>Phases</h2>${timeline(record)}
${tests(input)}
<h2>Clean-up</h2>${cleanliness(input)}
${path(extras)}
${extras.logTail.length === 0 ? "" : `<h2>End of the log</h2><pre>${escaped(extras.logTail.join("\n"))}</pre>`}
</main></body></html>
`;
};
