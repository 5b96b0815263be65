import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ["default", "./tests/support/skipped.ts"],
    // Most tests wait for processes: one fewer than there are processors, which is the default, leaves small machines idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: "default",
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/concurrency/**", "tests/swarm/**", "tests/acceptance/**", "tests/browser/**", "tests/torture/**"],
        },
      },
      { extends: true, test: { name: "concurrency", include: ["tests/concurrency/**/*.test.ts"] } },
      { extends: true, test: { name: "browser", include: ["tests/browser/**/*.test.ts"] } },
      {
        extends: true,
        test: { name: "swarm", include: ["tests/swarm/**/*.test.ts"], globalSetup: ["tests/support/swarm/global-setup.ts"], fileParallelism: false, testTimeout: 240_000 },
      },
      {
        extends: true,
        test: { name: "acceptance", include: ["tests/acceptance/**/*.test.ts"], globalSetup: ["tests/support/swarm/global-setup.ts"], fileParallelism: false, testTimeout: 300_000 },
      },
    ],
  },
});
