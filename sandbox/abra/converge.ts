import { setTimeout as pause } from "node:timers/promises";
import type { App } from "./app.js";
import { fatal } from "./fatal.js";
import { mustDocker } from "./tools.js";

const lookMs = 300;
/** A crash loop shows as running between two crashes. The real one asks for five seconds. ms */
const steadyMs = 1_500;
/** Without the timeout label. s */
const usualTimeout = 300;

interface Service {
  readonly Spec: { readonly Name: string; readonly Labels: Readonly<Record<string, string>> };
  readonly UpdateStatus?: { readonly State: string };
}

const rows = (app: App): readonly { readonly Name: string; readonly Replicas: string }[] =>
  mustDocker(["service", "ls", "--format", "{{json .}}"])
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { Name: string; Replicas: string })
    .filter(({ Name }) => Name.startsWith(`${app.stack}_`));

const inspect = (names: readonly string[]): readonly Service[] => JSON.parse(mustDocker(["service", "inspect", ...names])) as readonly Service[];

const isFull = ({ Replicas }: { readonly Replicas: string }): boolean => {
  const [running, wanted] = Replicas.split("/");
  return running === wanted?.split(" ")[0];
};

/** abra's own wait: gives up after the timeout of the label, and at once when an update was paused or taken back. */
export const waitConverged = async (app: App): Promise<void> => {
  const services = inspect(rows(app).map(({ Name }) => Name));
  const label = services.flatMap(({ Spec }) => Spec.Labels[`coop-cloud.${app.stack}.timeout`] ?? [])[0];
  const end = Date.now() + Number(label ?? usualTimeout) * 1_000;
  for (let fullSince: number | null = null; ; ) {
    const now = rows(app);
    const states = inspect(now.map(({ Name }) => Name)).map(({ UpdateStatus }) => UpdateStatus?.State ?? "completed");
    if (states.some((state) => state === "paused" || state.startsWith("rollback"))) fatal("deploy failed");
    const isUp = now.every(isFull) && states.every((state) => state === "completed");
    fullSince = isUp ? (fullSince ?? Date.now()) : null;
    if (fullSince !== null && Date.now() - fullSince >= steadyMs) return;
    if (Date.now() > end) fatal("deploy timed out");
    await pause(lookMs);
  }
};
