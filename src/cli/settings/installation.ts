import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this code: the bundle knows its own file, and the sources have the module's address. */
const here = (): string => {
  const self = import.meta.url;
  return dirname(self.startsWith("file:") ? fileURLToPath(self) : self);
};

const find = (folder: string): string => {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  return parent === folder ? here() : find(parent);
};

/** The folder that recipe-ci is installed in, with the examples and stand-ins. Determined once, at the start. */
export const installation = find(here());
