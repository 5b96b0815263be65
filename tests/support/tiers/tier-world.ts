import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Ended } from "../program.js";
import type { RedWay } from "./red-ways.js";

/** Where five-tier runs are made: the sandbox, or a real Swarm that has a backup service. */
export interface TierWorld {
  readonly root: string;
  /** Lays an example out as a recipe's repository, and returns its path. */
  readonly repository: (recipe: string) => string;
  readonly run: (args: readonly string[], runId: string, env: NodeJS.ProcessEnv) => Promise<Ended>;
  readonly leftovers: () => readonly string[];
}

/** Each way to fail as a test: red, with its own words and code, and nothing is left. */
export const testRedWays = (ways: readonly RedWay[], world: () => TierWorld): void => {
  test.each(ways.map((way) => [way.title, way] as const))("%s", async (_, { spoil, says, code }) => {
    const { root, repository, run, leftovers } = world();
    const guestbook = { repository: repository("guestbook"), operator: join(root, "operator") };
    mkdirSync(guestbook.operator);
    cpSync(join("examples", "operator", "guestbook"), join(guestbook.operator, "guestbook"), { recursive: true });
    spoil(guestbook);
    const ended = await run(["run", "guestbook", "--src", guestbook.repository], "red", { CCCI_RECIPES_DIR: guestbook.operator });
    const said = `${ended.stdout}${ended.stderr}`;
    for (const text of says) expect(said).toMatch(text);
    if (Number.isNaN(code)) expect([1, 69]).toContain(ended.code);
    else expect(ended.code, said).toBe(code);
    expect(leftovers()).toEqual([]);
  });
};
