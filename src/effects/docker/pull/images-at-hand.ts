import type { Engine } from "../engine.js";

const known = new WeakMap<Engine, Set<string>>();

/** As the Swarm names it, to whose copy of the name docker's client adds the digest. */
const withoutDigest = (image: string): string => {
  const [name = ""] = image.replace(/^(?:index\.)?docker\.io\//, "").replace(/^library\//, "").split("@", 1);
  return name.includes(":", name.lastIndexOf("/") + 1) ? name : `${name}:latest`;
};

/** Remembers images that the engine has: it had them already, or has pulled them. */
export const noteAtHand = (engine: Engine, images: readonly string[]): void => {
  const names = known.get(engine) ?? new Set();
  known.set(engine, names);
  for (const image of images) names.add(withoutDigest(image));
};

/** Whether this run saw that the engine had the image. It may be gone by now. */
export const wasAtHand = (engine: Engine, image: string): boolean => known.get(engine)?.has(withoutDigest(image)) === true;
