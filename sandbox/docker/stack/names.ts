import type { Yaml } from "../compose/schema.js";

export const stackLabel = "com.docker.stack.namespace";

export const isExternal = (thing: Yaml): boolean => thing["external"] === true;

/** The name on the Swarm of an object in a compose file. */
export const nameOf = (stack: string, key: string, thing: Yaml): string =>
  typeof thing["name"] === "string" && thing["name"] !== "" ? thing["name"] : `${stack}_${key}`;
