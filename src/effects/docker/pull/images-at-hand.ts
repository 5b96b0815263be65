import type { Engine } from "../engine.js";
import { parseImage } from "../image-reference.js";
import { createNamesNoted } from "../names-noted.js";

const atHand = createNamesNoted();

/** As the Swarm names it, to whose copy of the name docker's client adds the digest. */
const withoutDigest = (image: string): string => {
  const { name, tag } = parseImage(image.split("@", 1)[0] ?? "");
  return `${name.replace(/^(?:index\.)?docker\.io\//, "").replace(/^library\//, "")}:${tag}`;
};

/** Remembers images that the engine has: it had them already, or has pulled them. */
export const noteAtHand = (engine: Engine, images: readonly string[]): void => atHand.note(engine, images.map(withoutDigest));

/** Whether this run saw that the engine had the image. It may be gone by now. */
export const wasAtHand = (engine: Engine, image: string): boolean => atHand.has(engine, withoutDigest(image));
