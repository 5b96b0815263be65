import type { ComposeService } from "../compose/compose-service.js";
import type { Place } from "../compose/compose-refused.js";
import { entriesOf, textOf } from "../compose/read-tree.js";
import type { Compose } from "../compose/resolve-compose.js";
import type { Finding } from "./finding.js";

/** Many times what the largest known recipe has. A short file can ask for any number, and the Swarm's managers keep each in memory. */
const amountsMax = {
  services: 100,
  tasks: 500,
  mounts: 1_000,
  networks: 50,
  "secrets and configs": 500,
  "ports of the host": 100,
} as const;

type Counted = keyof typeof amountsMax;

/** How many things one place in the files asks for. */
interface Portion {
  readonly of: Counted;
  readonly at: Place;
  readonly count: number;
}

const tasksOf = ({ rest }: ComposeService): number => {
  const replicas = textOf(entriesOf(rest.entries.get("deploy")).get("replicas"));
  return replicas === "" ? 1 : Number(replicas);
};

const portionsOf = (service: ComposeService): readonly Portion[] => {
  const { at, mounts, ports } = service;
  const tasks = tasksOf(service);
  const one = (of: Counted, count: number): Portion => ({ of, at, count });
  return [
    one("services", 1),
    one("tasks", tasks),
    one("mounts", tasks * mounts.length),
    one("ports of the host", ports.filter(({ published }) => published === 0).length),
  ];
};

/** A finding for each kind of which there is more than any recipe needs, at the place where the count exceeds the limit. */
export const amountFindings = ({ services, objects }: Compose): readonly Finding[] => {
  const counts = new Map<Counted, number>();
  const portions = [
    ...services.flatMap(portionsOf),
    ...objects.flatMap(({ kind, at }): readonly Portion[] =>
      kind === "volumes" ? [] : [{ of: kind === "networks" ? "networks" : "secrets and configs", at, count: 1 }],
    ),
  ];
  return portions.flatMap(({ of, at, count }) => {
    const [before, most] = [counts.get(of) ?? 0, amountsMax[of]];
    counts.set(of, before + count);
    return before <= most && before + count > most
      ? [
          {
            at,
            what: `that is more than ${most} ${of} in all`,
            allow: null,
            instead: "No recipe needs as many, and every app on this Swarm would pay for them.",
          },
        ]
      : [];
  });
};
