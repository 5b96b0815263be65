import { makeFolder } from "../../effects/files/make-folder.js";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ExitCode } from "../../machines/vocabulary.js";
import { exportCharts, placeCharts } from "../chart/index.js";
import type { Io } from "../io.js";
import type { Flags } from "../options.js";
import { installation } from "../settings/installation.js";

const sameAs = (file: string, content: string): boolean => existsSync(file) && readFileSync(file, "utf8") === content;

/** Writes the charts. With --check, compares them with the files: 1, and names what drifted, if they differ. */
export const chart = async (flags: Flags, io: Io): Promise<ExitCode> => {
  const folder = typeof flags.out === "string" ? resolve(io.cwd, flags.out) : join(installation, "statecharts");
  const files = exportCharts(await placeCharts());
  if (flags.check === true) {
    const stale = existsSync(folder) ? readdirSync(folder).filter((name) => !files.has(name)) : [];
    const drifted = [...[...files].filter(([name, content]) => !sameAs(join(folder, name), content)).map(([name]) => name), ...stale];
    for (const name of drifted) io.err(`drifted: ${join(folder, name)}`);
    if (drifted.length > 0) io.err("next: recipe-ci chart, and look at the pictures before you commit them");
    return drifted.length === 0 ? 0 : 1;
  }
  makeFolder(folder);
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
  io.out(`${files.size} files in ${folder}`);
  return 0;
};
