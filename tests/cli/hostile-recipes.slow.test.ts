import { describe, test } from "vitest";
import { hostileRecipes, refused } from "./hostile-recipe-cases.js";

const { expectRefused } = hostileRecipes();

describe("a recipe is refused before abra is asked for an app of it:", () => {
  test.each(refused.slice(2))("%s", (_, files, exitCode, said) => expectRefused(files, exitCode, said));
});
