import type { AppState } from "../../effects/status/app-states.js";
import { noApps, type NoApps } from "./no-apps.js";

const holderLine = ({ holder }: AppState): string => {
  if (holder === null) return "";
  const who = holder.runId === null ? `pid ${holder.pid ?? "unknown"} (no card)` : `run ${holder.runId} (pid ${holder.pid ?? "?"})`;
  const details = [holder.state, holder.since === null ? null : `since ${holder.since}`, holder.link].filter((part) => part !== null);
  return ` by ${who}${details.length === 0 ? "" : `, ${details.join(", ")}`}`;
};

/** A stopped holder notices neither signals nor its deadline until it is continued. Long after the deadline its watchdog kills it. */
const stoppedLine = ({ holder }: AppState): readonly string[] =>
  holder?.stopped === true ? [`    its process is stopped and keeps the app; kill -CONT ${holder.pid ?? "PID"} lets it go on`] : [];

/** What the reader should do about these apps. */
const nextLine = (apps: readonly AppState[]): readonly string[] =>
  apps.some(({ state }) => state === "orphan" || state === "dirty")
    ? ["next: nobody holds what is orphan or dirty; recipe-ci janitor --dry-run says what a janitor, or the app's next run, would remove"]
    : [];

/** One line for each app with its waiters in order below it, and at the end what to do about what leaked. */
export const statusLines = (apps: readonly AppState[], saw: NoApps): readonly string[] =>
  apps.length === 0
    ? [noApps(saw)]
    : [
        ...apps.flatMap((app) => [
          `${app.domain}  ${app.state}${holderLine(app)}`,
          ...stoppedLine(app),
          ...app.waiters.map(({ pid, runId }, index) => `    ${index + 1}. waits: ${runId === null ? "" : `run ${runId}, `}pid ${pid}`),
          ...(app.last === null
            ? []
            : [
                `    last: run ${app.last.runId ?? "?"} ${app.last.verdict ?? "was killed"}, ${app.last.cleanliness ?? "-"}, ${app.last.at}`,
              ]),
        ]),
        ...nextLine(apps),
      ];
