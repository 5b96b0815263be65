import { expect, test } from "vitest";
import { bundleFixture } from "../support/bundle.js";
import { start } from "../support/processes.js";

/** Prints how many bytes the space for new objects has after a million of them were made that stay. */
const program = `
const { keepYoungSpaceSmall } = require(process.argv[1]);
if (process.argv[2] === "kept") keepYoungSpaceSmall();
const stays = [];
for (let made = 0; made < 2 ** 20; made += 1) stays.push({ made });
const { space_size } = require("node:v8").getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
console.log(space_size, stays.length);
`;

test("a prepared run's space for new objects stays as it is, where V8 would let it grow", async () => {
  const bundle = await bundleFixture("src/cli/run/young-space.ts");
  const bytes = async (word: string): Promise<number> => {
    const run = start(process.execPath, ["-e", program, bundle, word]);
    expect((await run.ended).code, run.stderr()).toBe(0);
    return Number.parseInt(run.stdout(), 10);
  };
  const [kept, grown] = [await bytes("kept"), await bytes("left to V8")];
  expect(grown).toBeGreaterThanOrEqual(4 * kept);
});
