import { formatDuration } from "../../machines/duration.js";
import type { RunRecordFile } from "../../effects/record/run-record.js";
import { failureOf } from "../../machines/run/verdict.js";
import type { RunOutput } from "../../machines/run/run.types.js";
import { tiers, type LockCard, type TestResult } from "../../machines/vocabulary.js";
import { butUnclean, nextFor } from "../../effects/report/next-for.js";
import { oneLine } from "../../effects/report/printable.js";

const since = (card: LockCard): string => (card.since === null ? "" : ` since ${card.since}`);
const link = (card: LockCard): string => (card.link === null ? "" : `, ${card.link}`);

/** Who holds the lock that we wait for. */
export const describeHolder = (card: LockCard, state: string | null): string =>
  card.runId === null
    ? "another process (it left no card: the Python harness, or flock)"
    : `run ${card.runId} (pid ${card.pid ?? "?"}${link(card)})${since(card)}${state === null ? "" : `, now in ${state}`}`;

export const describeTest = ({ name, outcome, durationMs }: TestResult): string =>
  `${outcome === "passed" ? "ok" : outcome === "failed" ? "FAILED" : "skipped"}  ${oneLine(name)} (${formatDuration(durationMs)})`;

/** The tier that a leaf of the run's chart belongs to; null if none. */
const tierIn = (leaf: string): string | null => tiers.find((tier) => leaf === `holding.running.test.${tier}`) ?? null;

/** What the run itself does between the work of its machines, by leaf. */
const ownSteps: Readonly<Record<string, string>> = {
  "holding.running.test.replacing": "the app is removed for the next round",
  "holding.running.test.lastLook": "a last look at the stack",
  "holding.running.test.explaining": "last words of what failed",
  "holding.running.picturing": "a picture of the first page",
  "holding.running.hold.waiting": "held for a look",
};

/** The phase and what is going on in it: `deploy: converging`, `test (upgrade): operating`. */
export const describePhase = (phase: string, step: string | null, leaf: string): string => {
  const tier = tierIn(leaf);
  const where = tier === null ? phase : `${phase} (${tier})`;
  const doing = step ?? ownSteps[leaf] ?? null;
  return doing === null ? where : `${where}: ${doing}`;
};

const residueLines = ({ cleanliness }: RunOutput): readonly string[] => {
  switch (cleanliness.kind) {
    case "dirty":
      return [
        "left behind:",
        ...cleanliness.residue.map(({ kind, name }) => `  ${kind} ${oneLine(name)}`),
        `next: ${nextFor(cleanliness) ?? ""}`,
      ];
    case "unverified":
      return [
        "not verified, for these nodes could not be asked what lies on them:",
        ...cleanliness.nodes.map(({ node, why }) => `  ${node}: ${oneLine(why)}`),
        `next: ${nextFor(cleanliness) ?? ""}`,
      ];
    case "clean":
    case "unknown":
      return [];
  }
};

const failureLines = ({ verdict }: RunOutput): readonly string[] => {
  const failure = failureOf(verdict);
  return failure === null
    ? []
    : [
        ...failure.details.map((line) => `  ${oneLine(line)}`),
        `${failure.code}: ${oneLine(failure.message)}`,
        `next: ${oneLine(failure.hint)}`,
      ];
};

const cleanLine = (output: RunOutput): string => {
  switch (output.cleanliness.kind) {
    case "clean":
      if (failureOf(output.verdict)?.code === "unclaimed-remains") return "this run put nothing there; what is named above is left alone";
      return "nothing is left: services, containers, volumes, secrets, configs, networks and the .env are gone";
    case "dirty":
      return "NOT clean";
    case "unverified":
      return "NOT verified: nothing is left where anybody could look";
    case "unknown":
      return output.verdict.kind === "stopped" && output.verdict.cause === "lost-lock"
        ? "another run owns the app now, and cleans"
        : "nothing was put on the Swarm";
  }
};

/** The verdict in a word or two, and residue if it changes the exit code. The failure itself is printed above. */
const endWords = ({ verdict, cleanliness }: RunOutput): string => {
  const failure = failureOf(verdict);
  const word =
    verdict.kind === "stopped" ? `stopped (${verdict.cause})` : failure === null ? verdict.kind : `${verdict.kind} (${failure.code})`;
  return `${word}${butUnclean(cleanliness)}`;
};

/** The last lines of a run: what, why, how long, where to look. */
export const summary = (output: RunOutput, record: RunRecordFile, runDir: string, chart: string): readonly string[] => {
  const width = Math.max(...record.phases.map(({ name }) => name.length), 0);
  return [
    "",
    ...failureLines(output),
    ...residueLines(output),
    `${record.recipe}${record.domain === null ? "" : ` (${record.domain})`}: ${endWords(output)}, exit code ${output.exitCode}`,
    ...record.phases.map(({ name, durationMs }) => `  ${name.padEnd(width)}  ${formatDuration(durationMs ?? 0)}`),
    `  ${cleanLine(output)}`,
    `  log     ${runDir}/run.log`,
    `  record  ${runDir}/run.json`,
    `  report  ${runDir}/report.html`,
    `  chart   ${chart}`,
  ];
};
