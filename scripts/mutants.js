import { build } from "esbuild";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "recipe-ci-mutants-"));
const outfile = join(folder, "mutants.mjs");

try {
  await build({
    absWorkingDir: root,
    entryPoints: ["tests/mutants/main.ts"],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
  });
  const { main } = await import(pathToFileURL(outfile).href);
  process.exitCode = main((line) => process.stdout.write(`${line}\n`));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
