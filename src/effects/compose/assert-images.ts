import { composeRefused, inTheirPlaces } from "./compose-refused.js";
import { isImageName } from "./image-name.js";
import { textOf } from "./read-tree.js";
import type { Compose } from "./resolve-compose.js";

/** Checks that each service has a valid image name: docker notices only after it has created the app's networks. */
export const assertImages = ({ services }: Compose): void => {
  for (const { name, at, rest } of services) {
    const tree = rest.entries.get("image");
    const image = textOf(tree);
    if (image === "")
      throw composeRefused(
        tree?.at ?? at,
        `the service ${name} has no image`,
        "docker stack deploy builds none: name one that is in a registry.",
      );
    if (!isImageName(image))
      throw composeRefused(
        tree?.at ?? at,
        `the image of the service ${name} is not a valid image name once its variables are filled in`,
        `Are all its variables set, ${inTheirPlaces}? docker puts variables in once, and nests none.`,
      );
  }
};
