/**
 * The verbs of abra that recipe-ci uses, over a docker that is not the sandbox's own, as a program. In the sandbox its
 * engine does the same work for `bin/abra`. See docs/abra.md for what of it is evidenced.
 */
import type { Caller } from "../shared/caller.js";
import { ask } from "../shared/quick-child.js";
import { parseWords } from "../shared/words.js";
import { applyFaults } from "./apply-faults.js";
import { bareFlags, runAbra } from "./verbs.js";

const caller: Caller = {
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  out: (said) => void process.stdout.write(said),
  err: (said) => void process.stderr.write(said),
  input: async () => Buffer.alloc(0),
  isGone: () => false,
};

const run = async (): Promise<number> => {
  const line = parseWords(caller.argv, bareFlags);
  const root = process.env["RECIPE_CI_SANDBOX"] ?? "";
  const after =
    root === ""
      ? async (): Promise<void> => undefined
      : await applyFaults(root, ["abra", ...line.words], (said) => caller.out(`FATA ${said}\n`));
  const code = await runAbra(caller, line, {
    docker: (args, { env = process.env, input } = {}) => ask(process.env["CCCI_DOCKER"] || "docker", args, { ...env }, input),
    git: (args) => ask("git", args, process.env),
    backupService: null,
  });
  await after();
  return code;
};

run().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    caller.out(`FATA ${String(error instanceof Error ? error.stack : error)}\n`);
    process.exitCode = 1;
  },
);
