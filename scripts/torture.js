/** Bundles the torture harness and starts it: it is written in TypeScript, and Node 20 reads none. */
import { build } from "esbuild";
import { execaSync } from "execa";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const scratch = mkdtempSync(join(tmpdir(), "torture-build-"));
try {
  const outfile = join(scratch, "torture.mjs");
  await build({
    entryPoints: [join(root, "tests/torture/torture.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "esm",
    // Some packages in the bundle are CommonJS and require what node has.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "warning",
  });
  const { exitCode } = execaSync(process.execPath, [outfile, ...process.argv.slice(2)], { cwd: root, stdio: "inherit", reject: false });
  process.exitCode = exitCode ?? 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
