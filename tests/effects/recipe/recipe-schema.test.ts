import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { recipeJsonSchema, recipeKeysTable } from "../../support/recipe-schema.js";

test("the schema for editors is the one that recipe.yml is judged by", async () => {
  // Written anew by: npx vitest run --project default tests/effects/recipe/recipe-schema.test.ts --update
  await expect(`${JSON.stringify(recipeJsonSchema(), null, 2)}\n`).toMatchFileSnapshot("../../../schemas/recipe.schema.json");
});

test("docs/recipe-yml.md has the keys that the schema has", () => {
  expect(/<!-- keys:.*?-->\n(.*?)\n?<!-- \/keys -->/s.exec(readFileSync("docs/recipe-yml.md", "utf8"))?.[1]).toBe(recipeKeysTable());
});
