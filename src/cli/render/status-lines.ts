import type { AppState } from "../../effects/status/app-states.js";

const holderLine = ({ holder }: AppState): string => {
  if (holder === null) return "";
  const who = holder.runId === null ? `pid ${holder.pid ?? "unknown"} (no card)` : `run ${holder.runId} (pid ${holder.pid ?? "?"})`;
  const details = [holder.state, holder.since === null ? null : `since ${holder.since}`, holder.link].filter((part) => part !== null);
  return ` by ${who}${details.length === 0 ? "" : `, ${details.join(", ")}`}`;
};

/** One line an app, its waiters in order below it. */
export const statusLines = (apps: readonly AppState[]): readonly string[] =>
  apps.length === 0
    ? ["no run app is on this host"]
    : apps.flatMap((app) => [
        `${app.domain}  ${app.state}${holderLine(app)}`,
        ...app.waiters.map(({ pid, runId }, index) => `    ${index + 1}. waits: ${runId === null ? "" : `run ${runId}, `}pid ${pid}`),
        ...(app.last === null ? [] : [`    last: run ${app.last.runId ?? "?"} ${app.last.verdict ?? "was killed"}, ${app.last.cleanliness ?? "-"}, ${app.last.at}`]),
      ]);
