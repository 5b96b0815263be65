import type { ContainerRecord } from "../world/records.js";
import type { Bulletin } from "../world/bulletin.js";

/** Tells of a container as an engine does: with its labels, its image and its name. */
export const tellOfContainer = (
  bulletin: Bulletin,
  action: string,
  { id, labels, image, name }: Pick<ContainerRecord, "id" | "labels" | "image" | "name">,
  more: Readonly<Record<string, string>> = {},
): void => bulletin.say("container", action, id, { ...labels, image, name, ...more });
