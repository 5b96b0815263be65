import { setTimeout as pause } from "node:timers/promises";
import type { App } from "./app.js";
import { fatal } from "./fatal.js";
import type { Session } from "./session.js";

const lookMs = 300;
/** How long the tasks must stay the same: between two crashes, a crash loop looks like running. The real abra waits five seconds. ms */
const steadyMs = 1_500;
/** The timeout without the label. s */
const usualTimeout = 300;

interface Service {
  readonly Spec: { readonly Name: string; readonly Labels: Readonly<Record<string, string>> };
  readonly UpdateStatus?: { readonly State: string };
}

const inspect = async (session: Session, names: readonly string[]): Promise<readonly Service[]> =>
  JSON.parse(await session.mustDocker(["service", "inspect", ...names])) as readonly Service[];

const isFull = (replicas: string): boolean => {
  const [running, wanted] = replicas.split("/");
  return running === wanted?.split(" ")[0];
};

/** The running tasks as one text, which stays the same as long as none comes or goes. */
const tasksOf = async (session: Session, names: readonly string[]): Promise<string> =>
  (await session.rows("service", "ps", "--no-trunc", ...names))
    .flatMap(({ ID = "", CurrentState = "" }) => (CurrentState.startsWith("Running") ? [ID] : []))
    .toSorted()
    .join(" ");

/** abra's own wait. Gives up after the label's timeout, or at once if an update was paused or rolled back. */
export const waitConverged = async (session: Session, app: App): Promise<void> => {
  const names = await session.listed("service", app.stack);
  const services = await inspect(session, names);
  const label = services.flatMap(({ Spec }) => Spec.Labels[`coop-cloud.${app.stack}.timeout`] ?? [])[0];
  const end = Date.now() + Number(label ?? usualTimeout) * 1_000;
  let steady = { tasks: "", since: Date.now() };
  for (;;) {
    const replicas = (await session.rows("service", "ls")).flatMap(({ Name = "", Replicas = "" }) =>
      names.includes(Name) ? [Replicas] : [],
    );
    const states = (await inspect(session, names)).map(({ UpdateStatus }) => UpdateStatus?.State ?? "completed");
    if (states.some((state) => state === "paused" || state.startsWith("rollback"))) fatal("deploy failed");
    const tasks = await tasksOf(session, names);
    const isUp = replicas.every(isFull) && states.every((state) => state === "completed");
    if (!isUp || tasks !== steady.tasks) steady = { tasks, since: Date.now() };
    else if (Date.now() - steady.since >= steadyMs) return;
    if (Date.now() > end) fatal("deploy timed out");
    if (session.caller.isGone()) fatal("killed");
    await pause(lookMs);
  }
};
