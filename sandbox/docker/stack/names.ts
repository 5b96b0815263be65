import type { Yaml } from "../compose/schema.js";

export const stackLabel = "com.docker.stack.namespace";

export const isExternal = (thing: Yaml): boolean => thing["external"] === true;

/** The name that a thing of a compose file has on the Swarm. */
export const nameOf = (stack: string, key: string, thing: Yaml): string => (typeof thing["name"] === "string" && thing["name"] !== "" ? thing["name"] : `${stack}_${key}`);
