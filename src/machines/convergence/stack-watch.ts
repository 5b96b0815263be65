import { hasDied, isRunning, monitorOf } from "./service-facts.js";
import type { Asked, ConvergenceRules, ServiceSnapshot, StackSnapshot, TaskSnapshot } from "./stack.types.js";

/** What earlier looks saw in one place of a service: the Swarm keeps only the last five tasks of each. */
interface PlaceHistory {
  /** When counting of deaths began: at the first look at this version of the service, or at the last one at which a task had stayed. */
  readonly since: number;
  readonly version: number;
  /** Tasks that died since then. */
  readonly dead: readonly string[];
  /** Tasks that died before then. They do not count: since then, one has stayed. */
  readonly forgiven: readonly string[];
  /** How long the longest-lived task ran here before it died. ms */
  readonly longestLifeMs: number;
  /** The task that ran at the last look, and since when. */
  readonly running: { readonly id: string; readonly since: number } | null;
}

/** What each service of a stack is asked to be, by its name. */
export type AskedOfAll = Readonly<Record<string, Asked>>;

export const askedIn = ({ services }: StackSnapshot): AskedOfAll => Object.fromEntries(services.map(({ name, asked }) => [name, asked]));

/** A stack as followed from look to look. Plain data: it is recorded and passed from machine to machine. */
export interface StackWatch {
  readonly last: StackSnapshot | null;
  /** When the first look was taken, by the engine's clock; null before it. */
  readonly firstAt: number | null;
  /** Every service that appeared in any look. */
  readonly seen: readonly string[];
  /** What the services should be asked to be: as it was given at the start, else as at the first look that showed any. */
  readonly asked: AskedOfAll;
  /** By service and place. */
  readonly places: Readonly<Record<string, PlaceHistory>>;
}

export const watchFromNow: StackWatch = { last: null, firstAt: null, seen: [], asked: {}, places: {} };

/** A watch of services that are known before its first look: none of them may be missing then, or be asked to be something else. */
export const watchOf = (asked: AskedOfAll): StackWatch => ({ ...watchFromNow, seen: Object.keys(asked), asked });

export const placeKey = (service: ServiceSnapshot, place: string): string => `${service.name}.${place}`;

const hasStayed = (service: ServiceSnapshot, task: TaskSnapshot, at: number, rules: ConvergenceRules): boolean =>
  isRunning(task) && at - task.since >= monitorOf(service, rules);

/** What one look shows of one place: the service, and its tasks there. */
interface PlaceLook {
  readonly service: ServiceSnapshot;
  readonly tasks: readonly TaskSnapshot[];
  readonly at: number;
}

const historyOf = (before: PlaceHistory | undefined, { service, tasks, at }: PlaceLook, rules: ConvergenceRules): PlaceHistory => {
  const { version } = service;
  const known = before?.version === version ? before : undefined;
  const deaths = tasks.filter((task) => hasDied(service, task));
  const lives = deaths.flatMap(({ id, since }) => (known?.running?.id === id ? [since - known.running.since] : []));
  const longestLifeMs = Math.max(known?.longestLifeMs ?? 0, ...lives);
  const running = tasks.find(isRunning);
  const shared = { version, longestLifeMs, running: running === undefined ? null : { id: running.id, since: running.since } };
  const ids = deaths.map(({ id }) => id);
  if (tasks.some((task) => hasStayed(service, task, at, rules))) return { ...shared, since: at, dead: [], forgiven: ids };
  const forgiven = known?.forgiven ?? [];
  return {
    ...shared,
    since: known?.since ?? at,
    dead: [...new Set([...(known?.dead ?? []), ...ids.filter((id) => !forgiven.includes(id))])],
    forgiven,
  };
};

/** The look that an event reports; the event may only say that nothing has changed. Null before the first look. */
export const lookAfter = (
  { last }: StackWatch,
  { at, services }: { readonly at: number; readonly services: readonly ServiceSnapshot[] | null },
): StackSnapshot | null => (services !== null ? { at, services } : last === null ? null : { ...last, at });

/** The watch after one more look. */
export const follow = (watch: StackWatch, look: StackSnapshot, rules: ConvergenceRules): StackWatch => ({
  last: look,
  firstAt: watch.firstAt ?? look.at,
  seen: [...new Set([...watch.seen, ...look.services.map(({ name }) => name)])],
  asked: watch.seen.length > 0 ? watch.asked : askedIn(look),
  places: Object.fromEntries(
    look.services.flatMap((service) =>
      [...new Set(service.tasks.map(({ place }) => place))].map((place) => {
        const key = placeKey(service, place);
        const tasks = service.tasks.filter((task) => task.place === place);
        return [key, historyOf(watch.places[key], { service, tasks, at: look.at }, rules)] as const;
      }),
    ),
  ),
});
