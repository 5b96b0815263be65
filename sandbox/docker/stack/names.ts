import { isMap, type Yaml } from "../compose/schema.js";

export const stackLabel = "com.docker.stack.namespace";

export const isExternal = (thing: Yaml): boolean => thing["external"] === true || thing["external"] === "true" || isMap(thing["external"]);

/** The name that a thing of a compose file has on the Swarm. */
export const nameOf = (stack: string, key: string, thing: Yaml): string => {
  const external = thing["external"];
  if (isMap(external) && typeof external["name"] === "string") return external["name"];
  if (typeof thing["name"] === "string" && thing["name"] !== "") return thing["name"];
  return isExternal(thing) ? key : `${stack}_${key}`;
};
