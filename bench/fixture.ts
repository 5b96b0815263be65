import { build } from "esbuild";

/** Bundles a small program around our own lock code, so that it can be measured as a process of its own. */
export const bundleProgram = async (contents: string, outfile: string): Promise<void> => {
  const here = JSON.stringify(`file://${process.cwd()}/package.json`);
  await build({
    stdin: { contents, resolveDir: process.cwd(), loader: "ts" },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["fs-ext"],
    logLevel: "error",
    // What is CommonJS in the bundle asks for node's own modules by require.
    banner: { js: `import { createRequire as requireFrom } from "node:module"; const require = requireFrom(${here});` },
    define: { "import.meta.url": here },
  });
};
