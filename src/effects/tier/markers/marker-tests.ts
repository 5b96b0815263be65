import { shortName } from "../../../machines/reach.js";
import type { Marker } from "../../../machines/tier/facts.js";
import type { BuiltInTest, OperationOf, OperationWiring } from "../operation.js";
import { readMarker } from "./read-marker.js";

/** What happened to a marker; null if it is as it was put. */
const whatBecameOf = async (
  of: OperationOf,
  marker: Marker,
  { engine }: Pick<OperationWiring, "engine">,
  signal: AbortSignal,
): Promise<string | null> => {
  const found = await readMarker(engine, of.app, marker, signal);
  const where = `volume ${shortName(of.app, marker.volume)}: ${marker.file}`;
  if (found.kind === "missing") return `${where} is gone`;
  if (found.kind === "changed") return `${where} is ${found.what} now`;
  return found.content === marker.content ? null : `${where} has another content than was put there`;
};

/** Asserts that our files in the app's volumes are as the facts say. Holds if there are none. */
export const markersAreThere = (wiring: Pick<OperationWiring, "engine">, name: string): BuiltInTest => ({
  name,
  holds: async (of, signal) => {
    const lost: string[] = [];
    for (const marker of of.facts.markers) {
      const what = await whatBecameOf(of, marker, wiring, signal);
      if (what !== null) lost.push(what);
    }
    return lost.length === 0 ? null : lost.join("\n");
  },
});

/** Asserts after an upgrade that what was put into the volumes before it is still there. */
export const markersSurvived = (wiring: Pick<OperationWiring, "engine">): BuiltInTest =>
  markersAreThere(wiring, "data in the volumes survived");
