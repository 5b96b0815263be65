import { formatDuration } from "../../machines/duration.js";
import { exitCodeFor, failureOf } from "../../machines/run/verdict.js";
import { observedSections } from "./html-observed.js";
import { html, Markup } from "./html-text.js";
import { ladder, tierSections } from "./html-tiers.js";
import { pathTaken } from "./path-taken.js";
import { nextFor } from "./next-for.js";
import { failingPhase, failingPlace, verdictLine, type Told } from "./report-input.js";
import { style } from "./style.js";

/** What the page shows besides record and outcome. */
export interface ReportExtras {
  /** The run chart as SVG; null if it could not be read. */
  readonly chart: string | null;
  /** The states that the run was in, in order: ids of the chart's leaves. */
  readonly path: readonly string[];
  readonly logTail: readonly string[];
  /** The app's first page as PNG; null if there is no screenshot or it is too large for the page. */
  readonly picture: Buffer | null;
}

/** A link if the text is a web address; anything else stays text. */
const link = (text: string): Markup | string =>
  /^https?:\/\/[^\s"<>]+$/.test(text) ? html`<a href="${text}" rel="noreferrer noopener">${text}</a>` : text;

/** A time to the second with its zone, because the reader may be in another one. */
const moment = (ms: number): string =>
  new Date(ms)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, " UTC");

const facts = ({ record, url, verdict, cleanliness, now }: Told): Markup => {
  const startedMs = Date.parse(record.startedAt);
  const rows: readonly (readonly [string, string | null])[] = [
    ["exit code", String(exitCodeFor(verdict, cleanliness))],
    ["took", formatDuration(now - startedMs)],
    ["finished", moment(now)],
    ["run", record.runId],
    ["recipe", record.recipe],
    ["commit", record.ref],
    ["pull request", record.pr === 0 ? null : String(record.pr)],
    ["app", record.domain],
    ["address", url],
    ["build", record.link],
    ["deploys", String(record.deploys)],
  ];
  return html`<dl>${rows.map(([name, value]) => (value === null ? null : html`<dt>${name}</dt><dd>${link(value)}</dd>`))}</dl>`;
};

/** Each phase as a bar on one time axis that begins with the first phase. The phase in which the run failed is red. */
const timeline = ({ record, verdict, now }: Told): Markup => {
  const failing = failingPhase(record, verdict);
  const first = Date.parse(record.phases[0]?.startedAt ?? "");
  const phases = record.phases.map(({ name, startedAt, durationMs }) => ({
    name,
    beganMs: Date.parse(startedAt) - first,
    tookMs: durationMs ?? Math.max(0, now - Date.parse(startedAt)),
  }));
  const whole = Math.max(1, ...phases.map(({ beganMs, tookMs }) => beganMs + tookMs));
  const share = (ms: number): string => ((100 * ms) / whole).toFixed(2);
  return html`${phases.map(
    ({ name, beganMs, tookMs }) =>
      html`<div class="phase${name === failing ? " failing" : ""}"><span>${name}</span><span class="track"><span class="bar" style="left:${share(beganMs)}%;width:${share(tookMs)}%"></span></span><span>${formatDuration(tookMs)}</span></div>`,
  )}`;
};

/** The first thing in a red report: where the run ended, why, what the app logged last, and what to do. */
const failure = (told: Told): Markup | null => {
  const { verdict } = told;
  const place = failingPlace(told);
  const where = place === null ? "" : ` in ${place}`;
  const why = failureOf(verdict);
  if (verdict.kind === "stopped" && why === null)
    return html`<h2 class="bad">Stopped${where}</h2><p>${verdictLine(verdict)}: whatever the run had deployed was torn down.</p>`;
  if (why === null) return null;
  const { code, message, details, hint } = why;
  return html`<h2 class="bad">${verdict.kind === "stopped" ? `Stopped (${verdict.cause})` : "Failed"}${where} <span class="soft">${code}</span></h2><p>${message}</p>${details.length === 0 ? null : html`<pre>${details.join("\n")}</pre>`}<p class="soft">Next: ${hint}</p>`;
};

const cleanliness = ({ cleanliness: clean }: Told): Markup => {
  switch (clean.kind) {
    case "clean":
      return html`<p>Nothing is left: verified by listing everything that is the run's own.</p>`;
    case "dirty":
      return html`<p class="bad">Left behind:</p><ul>${clean.residue.map(({ kind, name }) => html`<li>${kind} ${name}</li>`)}</ul><p class="soft">Next: ${nextFor(clean) ?? ""}</p>`;
    case "unverified":
      return html`<p class="bad">Not verified: what lies on these nodes of the Swarm is not known.</p><ul>${clean.nodes.map(({ node, why }) => html`<li>${node}: ${why}</li>`)}</ul><p class="soft">Next: ${nextFor(clean) ?? ""}</p>`;
    case "unknown":
      return html`<p>Nothing of this run was put on the Swarm, or another run owns the app by now.</p>`;
  }
};

/** A run's report as one self-contained file: no scripts, no requests; readable on a phone and in dark mode. */
export const renderReportHtml = (told: Told, extras: ReportExtras): string => {
  const { record, verdict } = told;
  const clean = told.cleanliness.kind;
  const dirty = clean === "dirty" || clean === "unverified" ? html` <span class="verdict dirty">${clean}</span>` : null;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${record.recipe} ${verdict.kind} (run ${record.runId})</title><style>${new Markup(style)}</style></head><body><main>
<p class="soft">recipe-ci</p><h1>${record.recipe} <span class="verdict ${verdict.kind}">${verdictLine(verdict).split(":", 1)[0] ?? verdict.kind}</span>${dirty}</h1>
${failure(told)}
${facts(told)}
${ladder(told)}
<h2>Phases</h2>${timeline(told)}
${tierSections(told)}
${observedSections(told, extras.picture)}
<h2>Clean-up</h2>${cleanliness(told)}
${pathTaken(extras.chart, extras.path)}
${extras.logTail.length === 0 ? null : html`<h2>End of the log</h2><pre>${extras.logTail.join("\n")}</pre>`}
</main></body></html>
`.text;
};
