import type { Yaml } from "../compose/schema.js";

export const stackLabel = "com.docker.stack.namespace";

/** The query for the objects of a stack. */
export const inStack = (stack: string): { readonly filters: string } => ({
  filters: JSON.stringify({ label: [`${stackLabel}=${stack}`] }),
});

export const isExternal = (thing: Yaml): boolean => thing["external"] === true;

/** The name on the Swarm of an object in a compose file. */
export const nameOf = (stack: string, key: string, thing: Yaml): string =>
  typeof thing["name"] === "string" && thing["name"] !== "" ? thing["name"] : `${stack}_${key}`;
