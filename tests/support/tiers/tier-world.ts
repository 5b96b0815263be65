import { appendFileSync, cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Ended } from "../program.js";
import type { RedWay } from "./red-ways.js";

/** A place to make five-tier runs in: the sandbox, or a real Swarm that has a backup service. */
export interface TierWorld {
  readonly root: string;
  /** Lays an example out as a recipe's repository, and returns its path. */
  readonly repository: (recipe: string) => string;
  readonly run: (args: readonly string[], runId: string, env: NodeJS.ProcessEnv) => Promise<Ended>;
  readonly leftovers: () => readonly string[];
  /** Removes the world; rejects if anything is left. */
  readonly close: () => Promise<void>;
}

interface Laid {
  readonly repository: string;
  readonly operator: string;
}

/** The guestbook's repository and the operator's folder for it, copies for one test each. */
const laidOut = ({ root, repository }: TierWorld): Laid => {
  const laid = { repository: repository("guestbook"), operator: join(root, "operator") };
  mkdirSync(laid.operator);
  cpSync(join("examples", "operator", "guestbook"), join(laid.operator, "guestbook"), { recursive: true });
  return laid;
};

/** Tests what a backup is for: the app and its volumes are removed, and the data come back in a fresh app. */
export const testFreshRestore = (makeWorld: () => TierWorld): void => {
  test("has its backup restored into a fresh app as well if its recipe.yml asks for that", async ({ onTestFinished }) => {
    const world = makeWorld();
    onTestFinished(world.close);
    const { repository, operator } = laidOut(world);
    appendFileSync(join(operator, "guestbook", "recipe.yml"), "freshRestore: true\n");
    const { code, stdout } = await world.run(["run", "guestbook", "--src", repository, "--stages", "install,backup,restore"], "fresh", {
      CCCI_RECIPES_DIR: operator,
    });
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/plan 2 of 2: remove the app and deploy .* anew, restore the backup into it/);
    expect(stdout.match(/ok {2}data in the volumes are as they were in the backup/g)).toHaveLength(2);
    expect(world.leftovers()).toEqual([]);
  });
};

/**
 * Tests of each way to fail that the run is red with its words and code and leaves nothing. They run side by side, each in a world of
 * its own, as they mostly wait.
 */
export const testRedWays = (ways: readonly RedWay[], makeWorld: () => TierWorld): void => {
  for (const { title, spoil, says, code } of ways) {
    test.concurrent(title, async ({ expect, onTestFinished }) => {
      const world = makeWorld();
      onTestFinished(world.close);
      const guestbook = laidOut(world);
      spoil(guestbook);
      const ended = await world.run(["run", "guestbook", "--src", guestbook.repository], "red", { CCCI_RECIPES_DIR: guestbook.operator });
      const said = `${ended.stdout}${ended.stderr}`;
      for (const text of says) expect(said).toMatch(text);
      if (Number.isNaN(code)) expect([1, 69]).toContain(ended.code);
      else expect(ended.code, said).toBe(code);
      expect(world.leftovers()).toEqual([]);
    });
  }
};
