import { describe, expect, test } from "vitest";
import { makePlan, type PlanAsked, type PlanFacts } from "../../../../src/effects/recipe/plan/make-plan.js";
import { assertAnyTier } from "../../../../src/effects/recipe/plan/assert-any-tier.js";
import { planLines } from "../../../../src/effects/recipe/plan/plan-lines.js";
import { compareVersions, isRecipeVersion, parseVersion } from "../../../../src/effects/recipe/plan/version-order.js";
import type { Published } from "../../../../src/effects/recipe/plan/read-versions.js";
import { tiers } from "../../../../src/machines/vocabulary.js";

const published = (tag: string, commit = `commit-of-${tag}`): Published => ({ tag, commit });
const three = [published("0.3.0+3"), published("0.2.0+2"), published("0.1.0+1")];

const facts = (given: Partial<PlanFacts> = {}): PlanFacts => ({
  commit: "tested",
  label: null,
  isFolder: false,
  published: three,
  named: null,
  isBackedUp: true,
  ...given,
});
const asked = (given: Partial<PlanAsked> = {}): PlanAsked => ({
  tiers,
  notApplicable: {},
  backup: "auto",
  upgradeFrom: null,
  freshRestore: false,
  ...given,
});

const basesOf = (...given: Parameters<typeof makePlan>): readonly (string | null)[] =>
  makePlan(...given).rounds.map(({ deploys }) => deploys.tag);

describe("the base of an upgrade is", () => {
  test.each<[title: string, facts: Partial<PlanFacts>, expected: string | null]>([
    ["the newest version before a commit that has none", {}, "0.3.0+3"],
    ["not the version that the commit is tagged with", { commit: "commit-of-0.3.0+3" }, "0.2.0+2"],
    ["not the version that the commit's own label names, wherever its tag is", { label: "0.3.0+3" }, "0.2.0+2"],
    [
      "not one of two tags on the commit",
      { published: [published("0.4.0+3", "tested"), published("0.3.0+3", "tested"), ...three.slice(1)] },
      "0.2.0+2",
    ],
    ["the one that recipe.yml names", { named: published("0.1.0+1") }, "0.1.0+1"],
    ["the one that recipe.yml names though the commit does not descend from it", { named: published("0.2.5+2") }, "0.2.5+2"],
  ])("%s", (_, given, expected) => {
    const { rounds, skips } = makePlan(facts(given), asked());
    expect(rounds).toEqual([{ deploys: expect.objectContaining({ tag: expected }) as unknown, tiers: [...tiers] }]);
    expect(skips).toEqual([]);
  });
});

test("a plan without any tier is no run: it ends with 1 and says why each is left out", () => {
  const only = makePlan(facts({ published: [] }), asked({ tiers: ["upgrade"] }));
  expect(() => assertAnyTier(only)).toThrow(
    expect.objectContaining({ code: "nothing-to-test", exitCode: 1, message: "every tier that was asked for is left out: upgrade" }),
  );
  expect(() => assertAnyTier(makePlan(facts({ published: [] }), asked({ tiers: ["install", "upgrade"] })))).not.toThrow();
});

describe("several bases are", () => {
  test("each a deployment of its own, the newest first and put through everything, the others through the upgrade alone", () => {
    expect(makePlan(facts(), asked({ upgradeFrom: "all" })).rounds).toEqual([
      { deploys: three[0], tiers: [...tiers] },
      { deploys: three[1], tiers: ["upgrade"] },
      { deploys: three[2], tiers: ["upgrade"] },
    ]);
  });

  test.each<[upgradeFrom: number | "all", facts: Partial<PlanFacts>, expected: readonly string[]]>([
    [2, {}, ["0.3.0+3", "0.2.0+2"]],
    [9, {}, ["0.3.0+3", "0.2.0+2", "0.1.0+1"]],
    ["all", { named: published("0.2.0+2") }, ["0.2.0+2", "0.1.0+1"]],
    [2, { named: published("0.2.5+2") }, ["0.2.5+2", "0.3.0+3"]],
    ["all", { label: "0.3.0+3" }, ["0.2.0+2", "0.1.0+1"]],
  ])("for %s, with %j: %j", (upgradeFrom, given, expected) => {
    expect(basesOf(facts(given), asked({ upgradeFrom }))).toEqual(expected);
  });

  test("none where the upgrade is not among the tiers", () => {
    expect(makePlan(facts(), asked({ tiers: ["install"], upgradeFrom: "all" })).rounds).toEqual([
      { deploys: { tag: null, commit: "tested" }, tiers: ["install"] },
    ]);
  });
});

test("the backup is restored into an app made anew where that is asked for, and there is a restore", () => {
  const [, fresh] = makePlan(facts(), asked({ freshRestore: true })).rounds;
  expect(fresh).toEqual({ deploys: { tag: null, commit: "tested" }, tiers: ["restore"], keepsFacts: true });
  expect(makePlan(facts({ isBackedUp: false }), asked({ freshRestore: true })).rounds).toHaveLength(1);
});

describe("a tier is skipped", () => {
  test.each<
    [
      title: string,
      facts: Partial<PlanFacts>,
      asked: Partial<PlanAsked>,
      expected: readonly (readonly [tier: string, kind: string, reason: RegExp])[],
    ]
  >([
    ["where nothing was published before", { published: [] }, {}, [["upgrade", "structural", /no version was published before/]]],
    [
      "where only this version was published",
      { published: [published("0.1.0+1", "tested")] },
      {},
      [["upgrade", "structural", /only this version/]],
    ],
    ["where the source is a folder", { published: [], isFolder: true }, {}, [["upgrade", "structural", /is a folder/]]],
    [
      "where no service is backed up, and so is the restore",
      { isBackedUp: false },
      {},
      [
        ["backup", "structural", /backupbot/],
        ["restore", "structural", /backupbot/],
      ],
    ],
    [
      "where recipe.yml says that nothing is backed up, whatever the labels say",
      {},
      { backup: false },
      [
        ["backup", "structural", /backed up/],
        ["restore", "structural", /backed up/],
      ],
    ],
    [
      "where recipe.yml gives a reason, which counts before what the recipe is",
      { published: [] },
      { notApplicable: { upgrade: "data cannot move" } },
      [["upgrade", "declared", /^data cannot move$/]],
    ],
    [
      "where there is no backup to restore",
      {},
      { tiers: ["install", "restore"] },
      [["restore", "structural", /backup tier was not asked for/]],
    ],
    [
      "where recipe.yml takes out the backup that it would restore",
      {},
      { notApplicable: { backup: "no data" } },
      [
        ["backup", "declared", /no data/],
        ["restore", "declared", /no data/],
      ],
    ],
  ])("%s", (_, given, wanted, expected) => {
    const { rounds, skips } = makePlan(facts(given), asked(wanted));
    expect(skips.map(({ tier, kind, reason }) => [tier, kind, reason])).toEqual(
      expected.map(([tier, kind, reason]) => [tier, kind, expect.stringMatching(reason)]),
    );
    for (const { tier } of skips) expect(rounds[0]?.tiers).not.toContain(tier);
  });

  test("and is not where recipe.yml says that the recipe is backed up, though no label does", () => {
    expect(makePlan(facts({ isBackedUp: false }), asked({ backup: true })).skips).toEqual([]);
  });
});

test("what will be done and what will not is said in one line each", () => {
  const plan = makePlan(
    facts({ isBackedUp: false, commit: "0123456789abcdef" }),
    asked({ upgradeFrom: 2, notApplicable: { custom: "no tests yet" } }),
  );
  expect(planLines(plan, { tag: null, commit: "0123456789abcdef" })).toEqual([
    "plan 1 of 2: deploy 0.3.0+3, upgrade it to 01234567; tiers: install, upgrade",
    "plan 2 of 2: deploy 0.2.0+2, upgrade it to 01234567; tiers: upgrade",
    "plan: no backup (cannot be): no service has the label backupbot.backup=true: nothing is backed up",
    "plan: no restore (cannot be): no service has the label backupbot.backup=true: nothing is backed up",
    "plan: no custom (recipe.yml says): no tests yet",
  ]);
});

describe("of two versions", () => {
  test("the newer one is told by the recipe's own number, then by the app's, and releases come after what led to them", () => {
    const newestLast = [
      "v2.4.8",
      "v3.0",
      "0.9.0+1.0.0",
      "0.10.0-rc1+1.0.0",
      "0.10.0+1.0.9",
      "0.10.0+1.0.10",
      "1.0.0+1.0.6-social-amd64",
      "2.0.1+1.0.6-social-amd64",
    ];
    const sorted = newestLast.toReversed().toSorted((one, other) => {
      const [left, right] = [parseVersion(one), parseVersion(other)];
      return left === null || right === null ? Number.NaN : compareVersions(left, right);
    });
    expect(sorted).toEqual(newestLast);
  });

  test.each(["latest", "backup-2020", "", "v1", "1.0.0 +1", "release/1.0.0", `1.0.0+${"9".repeat(200)}`])("%j is none", (tag) => {
    expect(parseVersion(tag)).toBeNull();
  });

  test("only the recipe's semver with the app's version behind a plus is what a label should say", () => {
    expect(["0.1.0+1.2.3", "2.0.1+1.0.6-social-amd64"].filter((label) => !isRecipeVersion(label))).toEqual([]);
    expect(["1.2.3", "v0.1.0+1.2", "0.1+1.2", "0.1.0+", "latest"].filter(isRecipeVersion)).toEqual([]);
  });
});
