import { formatBytes } from "../../machines/bytes.js";
import { html, type Markup } from "./html-text.js";
import type { LintReport, ServiceUsage } from "./observed.js";
import type { Told } from "./report-input.js";

const lint = (report: LintReport): Markup => {
  if (report.kind === "not-run") return html`<p class="soft">Did not run: ${report.why}</p>`;
  const found = report.rules.filter(({ satisfied }) => satisfied === "no");
  if (found.length === 0) return html`<p>All ${report.rules.length} rules hold.</p>`;
  return html`<table>${found.map(({ ref, severity, rule, resolve }) => html`<tr><td class="${severity === "warn" ? "warn" : "bad"}">${ref}</td><td>${rule}<div class="soft">${resolve}</div></td><td class="soft">${severity}</td></tr>`)}</table>`;
};

const usage = (services: readonly ServiceUsage[]): Markup =>
  html`<h2>Memory and processor</h2><table class="figures"><tr class="soft"><td>service</td><td>memory at rest</td><td>at peak</td><td>processors at rest</td><td>at peak</td></tr>${services.map(
    ({ service, rest, peak }) =>
      html`<tr><td>${service}</td><td>${formatBytes(rest.memoryBytes)}</td><td>${formatBytes(peak.memoryBytes)}</td><td>${rest.processors.toFixed(2)}</td><td>${peak.processors.toFixed(2)}</td></tr>`,
  )}</table>`;

const slips = (found: Told["slips"]): Markup =>
  html`<h2>Slips</h2><p class="soft">What the packager forgot. Each counts against the level.</p><table>${found.map(({ file, line, sentence }) => html`<tr><td class="warn">${file}:${line}</td><td>${sentence}</td></tr>`)}</table>`;

/** The screenshot, embedded in the page, which makes no requests. */
const screenshot = (png: Buffer): Markup =>
  html`<h2>The first page</h2><img class="shot" alt="The app's first page" src="data:image/png;base64,${png.toString("base64")}">`;

/** What was found out besides the verdict: the first page, slips, lint, what the services used. */
export const observedSections = (
  { observed, slips: found }: Told,
  picture: Buffer | null,
): Markup => html`${picture === null ? null : screenshot(picture)}
${observed.screenshotTrouble === null ? null : html`<p class="soft">No picture of the first page: ${observed.screenshotTrouble}</p>`}
${found.length === 0 ? null : slips(found)}
${observed.lint === null ? null : html`<h2>Lint</h2>${lint(observed.lint)}`}
${observed.usage.length === 0 ? null : usage(observed.usage)}`;
