/**
 * Bundles the program into dist/: one file for start-up, one for each command that is seldom used, one for each
 * stand-in of the sandbox. Entries that do not exist are passed over.
 *
 * Safe to run twice at once: every file is written beside its place and renamed into it, and the stamp, which says
 * what dist was made from, is taken away first and written last.
 */
import { build } from "esbuild";
import { execaSync } from "execa";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { lazyModules } from "./lazy-modules.js";
import { noticesOf } from "./notices.js";
import { warmEngine } from "./warm-engine.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
const stampFile = join(dist, "stamp");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const setUp = (question) => execaSync("sh", [join(root, "scripts/set-up.sh"), question]).stdout;

const sandboxEntries = () =>
  existsSync(join(root, "sandbox")) ? readdirSync(join(root, "sandbox")).map((name) => [`sandbox/${name}`, `sandbox/${name}/main.ts`]) : [];

/** File in dist without its ending → source. */
const entries = [
  ["recipe-ci", "src/cli/main.ts"],
  ["chart", "src/cli/commands/chart.ts"],
  ["inspect", "src/cli/commands/inspect.ts"],
  ["contract", "tests/contract/main.ts"],
  ["judge", "src/effects/policy/judge-thread.ts"],
  ...sandboxEntries(),
].filter(([, entry]) => existsSync(join(root, entry)));

const put = (file, content) => {
  mkdirSync(dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}.tmp`;
  writeFileSync(beside, content);
  renameSync(beside, file);
};

/** esbuild escapes what is beyond ASCII in strings, and leaves it in regular expressions; the loader reads Latin-1, which is quicker. */
const ascii = (text) => text.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** What scripts/loader.cjs starts; node itself puts the function around the others. */
const started = new Set(["recipe-ci", "sandbox/engine"]);
const asFunction = (text) => `(function (exports, require, module, __filename, __dirname) {${text}\n})`;

const bundle = async ([name, entry]) => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(dist, `${name}.cjs`),
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    // Identifiers keep their names: they are what a stack trace in a report has to offer.
    minifySyntax: true,
    minifyWhitespace: true,
    // Native: it cannot be bundled, and where it could not be built the flock program steps in.
    external: ["fs-ext"],
    // rxjs' condition for node is its CommonJS build, which does not tree-shake.
    // The contract's rows are tests: in the program they get the assertions without the test runner.
    alias: { rxjs: join(root, "node_modules/rxjs/dist/esm/index.js"), vitest: join(root, "tests/contract/expect.ts") },
    plugins: [lazyModules],
    loader: { ".svg": "text", ".html": "text", ".css": "text" },
    banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
    define: { "process.env.RECIPE_CI_VERSION": JSON.stringify(version), "import.meta.url": "importMetaUrl" },
    legalComments: "none",
    logLevel: "warning",
  });
  const text = ascii(outputFiles[0].text);
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 32);
  put(join(dist, `${name}.cjs`), `${started.has(name) ? asFunction(text) : text}//${hash}\n`);
  return { hash, inputs: Object.keys(metafile.inputs) };
};

const pageFolder = "src/cli/inspect/page";

/** The inspector's pages: scripts for a browser, one file each, beside the templates that they are put into. */
const buildPages = async () => {
  if (!existsSync(join(root, pageFolder))) return { inputs: [] };
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["main", "bridge"].map((name) => `${pageFolder}/${name}.ts`),
    outdir: join(dist, "page"),
    bundle: true,
    write: false,
    metafile: true,
    platform: "browser",
    target: "es2022",
    format: "esm",
    // An inline script must not end its own element.
    supported: { "inline-script": false },
    legalComments: "none",
    logLevel: "warning",
  });
  for (const { path, text } of outputFiles) put(path, text);
  const parts = ["viewer.html", "bridge.html", "style.css"].map((name) => `${pageFolder}/${name}`);
  for (const file of parts) put(join(dist, "page", file.slice(pageFolder.length + 1)), readFileSync(join(root, file)));
  return { inputs: [...Object.keys(metafile.inputs), ...parts] };
};

/** A file that goes into dist unseen by the stamp would be changed without a rebuild. */
const assertCovered = (inputs) => {
  const covered = new Set(setUp("--sources").split("\n"));
  const unseen = inputs.filter((input) => !/node_modules\/|^(?:lazy|late|absent):/.test(input) && !covered.has(input));
  if (unseen.length > 0) throw new Error(`scripts/set-up.sh does not cover ${[...new Set(unseen)].join(", ")}`);
};

/**
 * Makes the code cache by a run that gets as far as its first children and fails there, so that the functions of a
 * start are in it and those of a whole run are not. Whatever that run says or does not say is no error of the build.
 */
const warm = (hash) => {
  const world = mkdtempSync(join(tmpdir(), "recipe-ci-build-"));
  try {
    execaSync(process.execPath, [join(dist, "main.cjs"), "run", "warm-up", "--src", join(world, "none"), "--zone", "warm.invalid"], {
      cwd: world,
      env: {
        PATH: process.env.PATH,
        HOME: world,
        TMPDIR: world,
        XDG_STATE_HOME: world,
        ABRA_DIR: world,
        CCCI_RUNS_DIR: join(world, "runs"),
        CCCI_APP_LOCK_DIR: world,
        CCCI_ABRA: "/bin/false",
        CCCI_DOCKER: "/bin/false",
        RECIPE_CI_MAKE_CACHE: hash,
      },
      extendEnv: false,
      reject: false,
      stdio: "ignore",
      timeout: 20_000,
      killSignal: "SIGKILL",
    });
  } finally {
    rmSync(world, { recursive: true, force: true });
  }
};

const stamp = setUp("--stamp");
const before = existsSync(stampFile) ? readFileSync(stampFile, "utf8").trim() : null;
if (before !== stamp) rmSync(stampFile, { force: true });

const [pages, ...bundles] = await Promise.all([buildPages(), ...entries.map(bundle)]);
const inputs = [pages, ...bundles].flatMap((made) => made.inputs);
assertCovered(inputs);
const notices = noticesOf(root, inputs);
if (notices !== "") put(join(dist, "THIRD-PARTY-NOTICES.txt"), notices);
const loader = readFileSync(join(root, "scripts/loader.cjs"), "utf8");
put(join(dist, "main.cjs"), loader);
if (entries[0]?.[0] === "recipe-ci") warm(bundles[0].hash);
const engine = entries.findIndex(([name]) => name === "sandbox/engine");
if (engine !== -1) {
  put(join(dist, "sandbox/engine-main.cjs"), loader.replaceAll("/recipe-ci.", "/engine."));
  await warmEngine(root, bundles[engine].hash);
}
put(stampFile, `${stamp}\n`);
