import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { commands } from "../../src/cli/command-table.js";
import { options, type OptionSpec } from "../../src/cli/options.js";
import { root } from "../support/bundle.js";
import { start, temporaryFolder } from "../support/processes.js";
import { word } from "./inputs.js";

const times = Number(process.env["FUZZ_COMMANDS"] ?? 300);
const seed = Number(process.env["FUZZ_SEED"] ?? 1);

/** What only answers questions, and `run` with what it must refuse: an examination of every run is the other suites'. */
const names = Object.keys(commands).filter((name) => name !== "demo" && name !== "chart" && name !== "inspect");
const flags = Object.values<OptionSpec>(options)
  .map(({ flag }) => flag)
  .filter((flag) => flag !== "--contract");
const words = [...flags, "nonesuch", "50m", "install", "7", "ci.example.com", "--", "--help"];
/** No argument and no variable can have a NUL. */
const noNul = word(words).map((text) => text.replaceAll("\0", ""));
const variables = [
  "REF",
  "PR",
  "STAGES",
  "CCCI_RUN_ID",
  "CCCI_DEADLINE",
  "CCCI_LOCK_TIMEOUT",
  "RECIPE_CI_HEARTBEAT",
  "CCCI_SERVER",
  "CCCI_QUICK",
  "CI",
  "DRONE_BUILD_NUMBER",
];

const filesIn = (folder: string): readonly string[] => readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();

test(
  `${times} made-up command lines: none is our bug, and one that is refused with 2 has touched nothing`,
  { timeout: 1_200_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(noNul, { maxLength: 6 }),
        fc.dictionary(fc.constantFrom(...variables), noNul),
        async (name, more, given) => {
          const home = temporaryFolder();
          for (const folder of ["locks", "runs", "abra/servers/default"]) mkdirSync(join(home, folder), { recursive: true });
          const before = filesIn(home);
          const own = {
            CCCI_APP_LOCK_DIR: join(home, "locks"),
            CCCI_RUNS_DIR: join(home, "runs"),
            ABRA_DIR: join(home, "abra"),
            CCCI_ABRA: "/nowhere/abra",
            CCCI_DOCKER: "/nowhere/docker",
          };
          const run = start(join(root, "bin", "recipe-ci"), [name, ...more], {
            cwd: home,
            env: { ...given, ...own, PATH: process.env["PATH"] ?? "", HOME: home, TMPDIR: home, RECIPE_CI_SANDBOX: join(home, "sandbox") },
          });
          const { code, signal } = await run.ended;
          const all = `${run.stdout()}${run.stderr()}`;
          expect({ signal, bug: code === 70, all }).toEqual({ signal: null, bug: false, all });
          expect([0, 1, 2, 3, 69], all).toContain(code);
          if (code === 2 && !all.includes("run.json")) expect(filesIn(home), all).toEqual(before);
        },
      ),
      { seed, numRuns: times, endOnFailure: true },
    );
  },
);
