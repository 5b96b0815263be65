import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "vitest";
import { must } from "../support/children.js";
import { SwarmHost } from "../support/swarm/host.js";
import { redWays } from "../support/tiers/red-ways.js";
import { testRedWays, type TierWorld } from "../support/tiers/tier-world.js";

const makeWorld = (): TierWorld => {
  const host = new SwarmHost();
  return {
    root: host.root,
    repository: (recipe) => host.repository(recipe),
    run: (args, runId, env) => host.start(args, runId, env).ended,
    leftovers: () => host.leftovers(),
    close: () => host.close(),
  };
};

describe("on a real Swarm, a recipe with three versions and data in two volumes", () => {
  test.concurrent("passes all five tiers on one deployment and leaves nothing", async ({ expect, onTestFinished }) => {
    const host = new SwarmHost();
    onTestFinished(() => host.close());
    const { code, stdout } = await host.start(["run", "guestbook", "--src", host.repository("guestbook")], "green").ended;
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/deploy 0\.2\.0\+1\.1\.0, upgrade it to 0\.3\.0\+1\.2\.0; tiers: install, upgrade, backup, restore, custom/);
    for (const ok of [
      "data in the volumes survived",
      "a snapshot was made",
      "data in the volumes are as they were in the backup",
      "10-everything-is-back",
      "10-sign",
    ])
      expect(stdout).toContain(`ok  ${ok}`);
    expect((JSON.parse(readFileSync(join(host.root, "runs", "green", "run.json"), "utf8")) as { deploys: number }).deploys).toBe(1);
    expect(host.leftovers()).toEqual([]);
  });

  test.concurrent("passes if lint finds something, and the results name the rule and fail the lint rung", async ({
    expect,
    onTestFinished,
  }) => {
    const host = new SwarmHost();
    onTestFinished(() => host.close());
    const repository = host.repository("echo");
    must("git", ["-C", repository, "tag", "0.0.9+0.9.0", "HEAD"]);
    const { code, stdout } = await host.start(["run", "echo", "--src", repository, "--stages", "install,custom"], "linted").ended;
    expect(code, stdout).toBe(0);
    const told = JSON.parse(readFileSync(join(host.root, "runs", "linted", "results.json"), "utf8")) as object;
    expect(told).toMatchObject({
      verdict: "passed",
      rungs: { install: "pass", lint: "fail" },
      lint: { status: "fail", rules_failed: expect.arrayContaining(["R014"]) as unknown },
    });
    expect(readFileSync(join(host.root, "runs", "linted", "summary.md"), "utf8")).toContain("`R014`");
  });

  testRedWays(redWays, makeWorld);
});
