import { build } from "esbuild";

/** Bundles a small program around our own lock code, so that it can be measured as a process of its own. */
export const bundleProgram = async (contents: string, outfile: string): Promise<void> => {
  await build({
    stdin: { contents, resolveDir: process.cwd(), loader: "ts" },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["fs-ext"],
    logLevel: "error",
    define: { "import.meta.url": JSON.stringify(`file://${process.cwd()}/package.json`) },
  });
};
