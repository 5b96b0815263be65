/** `npm run bench [NAME…]`: bundles the measurements and runs them, since Node 20 reads no TypeScript. */
import { build } from "esbuild";
import { execaSync } from "execa";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "recipe-ci-bench-"));
try {
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  await build({
    entryPoints: [join(root, "bench/main.ts")],
    outfile: join(folder, "main.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "warning",
  });
  const { exitCode } = execaSync(process.execPath, [join(folder, "main.mjs"), ...process.argv.slice(2)], {
    stdio: "inherit",
    cwd: root,
    reject: false,
  });
  process.exitCode = exitCode ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
