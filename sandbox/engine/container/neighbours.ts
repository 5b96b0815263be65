import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServiceSpec } from "../schema.js";
import { keyInStack, stackOf } from "../stack-of.js";
import type { World } from "../world/world.js";
import type { RealPorts } from "./host-ports.js";

/** The folder in which the containers of a stack find where the others listen. */
export const neighboursOf = (world: World, spec: ServiceSpec): string => world.place.path("ports", stackOf(spec) ?? spec.Name);

/** Writes down where a service's container listens, under the name by which its neighbours know it: its key in the stack. */
export const tellNeighbours = (world: World, spec: ServiceSpec, ports: RealPorts): void => {
  const folder = neighboursOf(world, spec);
  for (const [target, real] of Object.entries(ports)) {
    writeFileSync(join(folder, `${keyInStack(spec) ?? spec.Name}.${target.split("/")[0]}`), String(real));
  }
};
