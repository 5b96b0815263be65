import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import LongestFirst from "./tests/support/longest-first.js";
import { worldsFolder } from "./tests/support/memory.js";

const slow = ["tests/**/*.slow.test.ts"];

// No test asks a server with a certificate of the wide world, and reading extra ones costs every start of node 30 ms: the suites start
// thousands.
delete process.env["NODE_EXTRA_CA_CERTS"];

const env = { TMPDIR: process.env["TMPDIR"] ?? worldsFolder() };

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // .ci/run runs a test that failed once more, and says so by name: a busy host is no verdict. By hand the first failure counts.
    retry: Number(process.env["RECIPE_CI_RETRIES"] ?? 0),
    reporters: ["default", "./tests/support/skipped.ts"],
    // Tests wait for processes about half of their time: some 160 s of processor were 187 s by the clock, with two workers on two
    // processors. vitest's default is one worker fewer than there are processors.
    maxWorkers: 2 * availableParallelism(),
    // Of one file's tests that run side by side: whole runs, most of them.
    maxConcurrency: 4,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "default",
          // The files that a worker runs one after the other share its modules: a worker for each is 0.2 s of processor for each.
          isolate: false,
          setupFiles: ["tests/support/leaves-nothing.ts"],
          env,
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/concurrency/**", "tests/swarm/**", "tests/acceptance/**", "tests/browser/**", "tests/torture/**", ...slow],
        },
      },
      { extends: true, test: { name: "concurrency", env, include: ["tests/concurrency/**/*.test.ts"], exclude: slow } },
      {
        // What proves more of the same by repetition, proves the tests' own tools, or takes long; .ci/run has the time for it.
        extends: true,
        test: {
          name: "slow",
          isolate: false,
          setupFiles: ["tests/support/leaves-nothing.ts"],
          include: [...slow, "tests/concurrency/hammer.test.ts", "tests/concurrency/hand-over.test.ts"],
          // No test has less: its own waits name what does not come, and a test that computes takes what a busy host leaves it.
          testTimeout: 600_000,
          hookTimeout: 600_000,
          env: { ...env, HAMMER_CYCLES: "10000", HAND_OVER_ROUNDS: "50", RECIPE_CI_RANDOM_KILLS: "40" },
        },
      },
      { extends: true, test: { name: "browser", include: ["tests/browser/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "swarm",
          include: ["tests/swarm/**/*.test.ts"],
          globalSetup: ["tests/support/swarm/global-setup.ts", "tests/support/swarm/backup-service.ts"],
          // Each file has a zone of its own on the Swarm, and waits for it most of the time. More of them would be a load on what they
          // measure.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 600_000,
          hookTimeout: 240_000,
        },
      },
      {
        extends: true,
        test: {
          name: "acceptance",
          include: ["tests/acceptance/**/*.test.ts"],
          globalSetup: ["tests/support/swarm/global-setup.ts"],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
