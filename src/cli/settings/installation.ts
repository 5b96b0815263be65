import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The bundle knows its own file; run from the sources, the module's address does. */
const here = (): string => {
  const self = import.meta.url;
  return dirname(self.startsWith("file:") ? fileURLToPath(self) : self);
};

const find = (folder: string): string => {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  return parent === folder ? here() : find(parent);
};

/** The folder that recipe-ci is installed in: examples and stand-ins lie there. Read once, at start. */
export const installation = find(here());
