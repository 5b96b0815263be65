import type { ServiceSpec } from "./schema.js";

/** The stack of a service, by its label; undefined if it has none. */
export const stackOf = ({ Labels }: ServiceSpec): string | undefined => Labels?.["com.docker.stack.namespace"];

/** A service's key in its stack's compose files; null if its name does not say one. */
export const keyInStack = (spec: ServiceSpec): string | null => {
  const stack = stackOf(spec);
  return stack !== undefined && spec.Name.startsWith(`${stack}_`) ? spec.Name.slice(stack.length + 1) : null;
};
