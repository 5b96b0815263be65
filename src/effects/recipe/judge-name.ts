import type { RunError } from "../../machines/errors.js";
import { recipeFileRefused } from "./recipe-file-refused.js";

/** No file system allows a longer name. Bytes. */
const nameBytesMax = 255;

// oxlint-disable-next-line no-control-regex -- they are what this is about
const controls = /[\u0000-\u001f\u007f]/;

/** What is wrong with the name of one entry of a recipe's tree, or null. Exit code 2, wherever the recipe came from. */
export const judgeName = (path: string): RunError | null => {
  if (controls.test(path)) return recipeFileRefused(path, "name", { reason: "its name has control characters", exitCode: 2 });
  const isTooLong = path.split("/").some((name) => Buffer.byteLength(name) > nameBytesMax);
  return isTooLong ? recipeFileRefused(path, "name", { reason: `a name in it is longer than ${nameBytesMax} bytes`, exitCode: 2 }) : null;
};
