import { build } from "esbuild";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");

/** Inside the checkout, so that a bundle finds fs-ext; not in dist, whose contents the launcher checks. */
const folder = join(root, ".cache", "fixtures");

/**
 * Bundles a fixture program (path from the checkout's root) into one CommonJS file and resolves with its path.
 * Node 20 runs no TypeScript. The file is overwritten in one step by the next call, so parallel tests may share it.
 */
export const bundleFixture = async (path: string): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [resolve(root, path)],
    bundle: true,
    write: false,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    external: ["fs-ext"],
    alias: { rxjs: join(root, "node_modules/rxjs/dist/esm/index.js") },
    banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
    define: { "import.meta.url": "importMetaUrl" },
  });
  const output = outputFiles[0];
  if (output === undefined) throw new Error(`esbuild gave nothing for ${path}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${basename(path, ".ts")}.cjs`);
  const beside = `${file}.${process.pid}.tmp`;
  writeFileSync(beside, output.contents);
  renameSync(beside, file);
  return file;
};
