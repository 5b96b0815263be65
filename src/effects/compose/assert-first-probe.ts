import { formatDuration } from "../../machines/duration.js";
import { RunError } from "../../machines/errors.js";
import { placeText } from "./compose-refused.js";
import type { ComposeService } from "./compose-service.js";
import { durationNs } from "./forms.js";
import { entriesOf, isTrue, textOf } from "./read-tree.js";
import type { Compose } from "./resolve-compose.js";

/** What docker waits between two probes while `start_period` lasts, if nothing says otherwise; ms. Before docker 25 it waits `interval`. */
const startIntervalMs = 5_000;

/** Whether a task that ends by itself is well, so that it need not become healthy. */
const mayEnd = ({ rest }: ComposeService): boolean => {
  const deploy = entriesOf(rest.entries.get("deploy"));
  const condition = textOf(entriesOf(deploy.get("restart_policy")).get("condition"));
  return textOf(deploy.get("mode")).endsWith("-job") || textOf(deploy.get("replicas")) === "0" || !["", "any"].includes(condition);
};

/**
 * How long every version of docker waits after a container's start before it probes for the first time; ms. 0 if the
 * compose files do not say: what they leave out may be in the image.
 */
const firstProbeMs = (service: ComposeService): number => {
  const check = entriesOf(service.rest.entries.get("healthcheck"));
  const test = check.get("test");
  const isNone = isTrue(check.get("disable")) || (test?.kind === "list" && textOf(test.items[0]) === "NONE");
  if (test === undefined || isNone) return 0;
  const ms = (key: string): number => (durationNs(textOf(check.get(key))) ?? 0) / 1e6;
  const interval = ms("interval");
  return ms("start_period") > 0 ? Math.min(interval, ms("start_interval") || startIntervalMs) : interval;
};

/**
 * Throws `health-check-too-late`, by file and line, for a service that cannot become healthy while a deploy may take,
 * because docker probes it for the first time only after that. `limitMs`: timeouts.deploy.
 */
export const assertFirstProbe = ({ services }: Compose, limitMs: number): void => {
  for (const service of services) {
    const waitMs = firstProbeMs(service);
    if (waitMs < limitMs || mayEnd(service)) continue;
    const { name, rest } = service;
    const at = entriesOf(rest.entries.get("healthcheck")).get("interval")?.at ?? rest.at;
    throw new RunError(
      "health-check-too-late",
      `${placeText(at)}: the health check of the service ${name} runs first ${formatDuration(waitMs)} after its start, and a deploy may take ${formatDuration(limitMs)}: it could never be healthy`,
      { hint: "Give the check a shorter interval, or raise timeouts.deploy in recipe.yml." },
    );
  }
};
