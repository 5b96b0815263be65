import { expect, test } from "vitest";
import { orderDeps } from "../../../src/machines/deps/order-deps.js";
import type { Dep } from "../../../src/machines/recipe-settings.js";

const dep = (recipe: string, more: Partial<Dep> = {}): Dep => ({ recipe, source: null, ref: null, ...more });

/** `{ a: "b c" }`: a needs b and c. */
const ordered = (needs: Readonly<Record<string, string>>, recipe = "app"): readonly string[] =>
  orderDeps(recipe, (name) =>
    (needs[name] ?? "")
      .split(" ")
      .filter((word) => word !== "")
      .map((word) => dep(word)),
  ).map((found) => found.recipe);

test("deps are deployed in the order in which they are named, each after its own deps", () => {
  expect(ordered({ app: "sso mail", sso: "database", mail: "database queue" })).toEqual(["database", "sso", "queue", "mail"]);
  expect(ordered({})).toEqual([]);
});

test("when recipes need each other, the run ends with 2 and names the cycle from where it closes", () => {
  for (const [needs, cycle] of [
    [{ app: "app" }, "app -> app"],
    [{ app: "sso", sso: "app" }, "app -> sso -> app"],
    [{ app: "mail", mail: "sso", sso: "database", database: "sso" }, "sso -> database -> sso"],
  ] as const) {
    expect(() => ordered(needs)).toThrow(
      expect.objectContaining({ code: "deps-cycle", exitCode: 2, message: expect.stringContaining(cycle) as string }) as Error,
    );
  }
});

test("when two recipes need the same dep, it is deployed once; when they need it differently, the run ends with 2", () => {
  const needing =
    (ref: string | null) =>
    (name: string): readonly Dep[] =>
      ({ app: [dep("sso"), dep("mail")], mail: [dep("sso", { ref })] })[name] ?? [];
  expect(orderDeps("app", needing(null)).map(({ recipe }) => recipe)).toEqual(["sso", "mail"]);
  expect(() => orderDeps("app", needing("1.0.0+2"))).toThrow(expect.objectContaining({ code: "deps-conflict", exitCode: 2 }) as Error);
});

test("when a run needs more deps than it deploys, directly or through deps, it ends with 2", () => {
  const chain = Object.fromEntries([
    ["app", "d1"],
    ...Array.from({ length: 16 }, (_, index) => [`d${index + 1}`, `d${index + 2}`]),
  ]) as Record<string, string>;
  expect(() => ordered(chain)).toThrow(expect.objectContaining({ code: "deps-too-many", exitCode: 2 }) as Error);
  expect(ordered({ ...chain, d16: "" })).toHaveLength(16);
});
