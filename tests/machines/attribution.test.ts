import { array, assert as forAll, boolean, constantFrom, option, property, record, stringMatching, uniqueArray } from "fast-check";
import { describe, expect, test } from "vitest";
import { ownedBy, saysItIsOf, strangersOf, type Claim } from "../../src/machines/ledger/attribution.js";
import { keyOf, type Ledger, type OwnableObject } from "../../src/machines/ledger/ledger.js";
import { runAppOfObject } from "../../src/machines/names.js";
import type { Domain, StackName } from "../../src/machines/vocabulary.js";

const zone = "ci.test";
const domain = "note-0a1b2c.ci.test" as Domain;
const stack = "note-0a1b2c_ci_test" as StackName;

const object = (
  kind: OwnableObject["kind"],
  name: string,
  stackLabel: string | null = null,
  uses: readonly string[] = [],
): OwnableObject => ({ kind, id: kind === "volume" ? name : `id of ${name}`, name, stackLabel, uses });

const ledger = (given: Partial<Ledger> = {}): Ledger => ({
  schema: 1,
  domain,
  stack,
  takenAt: "2026-01-01T00:00:00Z",
  closedAt: null,
  foreign: [],
  own: [],
  named: {},
  nodes: [],
  ...given,
});
const byLedger = (given: Partial<Ledger> = {}): Claim => ({ kind: "ledger", ledger: ledger(given) });

const names = (objects: readonly OwnableObject[]): readonly string[] => objects.map(({ kind, name }) => `${kind} ${name}`).sort();

const anonymous = "a".repeat(64);

describe("with a ledger, the app owns", () => {
  test("new objects that have its label, whatever their names", () => {
    const all = [
      object("service", `${stack}_side_car`, stack),
      object("volume", "forged-volume", stack),
      object("config", "other_conf_v1", stack),
    ];
    expect(ownedBy(byLedger(), all, stack)).toEqual(all);
  });

  test("no object that existed before, whatever label and name that has got since", () => {
    const config = object("config", `${stack}_conf`, stack);
    expect(ownedBy(byLedger({ foreign: [keyOf(config)] }), [config], stack)).toEqual([]);
    expect(strangersOf(byLedger({ foreign: [keyOf(config)] }), [config], stack)).toEqual([config]);
  });

  test("a secret that abra made without a label, if its name has the stack's prefix and not that of a longer stack", () => {
    const secret = object("secret", `${stack}_db_v1`);
    expect(ownedBy(byLedger(), [secret], stack)).toEqual([secret]);
    expect(ownedBy(byLedger(), [secret, object("service", "x", `${stack}_db`)], stack)).toEqual([]);
  });

  test("a new volume without a label that the recipe's compose files name", () => {
    const volume = object("volume", "shared-data");
    expect(ownedBy(byLedger(), [volume], stack)).toEqual([]);
    expect(ownedBy(byLedger({ named: { volume: ["shared-data"] } }), [volume], stack)).toEqual([volume]);
    expect(ownedBy(byLedger({ named: { volume: ["shared-data"] } }), [object("volume", "shared-data", "other")], stack)).toEqual([]);
    expect(ownedBy(byLedger({ named: { volume: ["shared-data"] }, foreign: ["volume shared-data"] }), [volume], stack)).toEqual([]);
  });

  test("an anonymous volume that its container has mounted", () => {
    const all = [object("container", `${stack}_app.1.x`, stack, [anonymous]), object("volume", anonymous)];
    expect(ownedBy(byLedger(), all, stack)).toEqual(all);
  });

  test("no volume or network that somebody else's container uses too, and none of another stack", () => {
    const own = object("container", `${stack}_app.1.x`, stack, ["shared", "theirs", "id of net"]);
    const other = object("container", "other_app.1.y", "other", ["shared", "id of net"]);
    expect(
      names(
        ownedBy(byLedger(), [own, other, object("volume", "shared"), object("volume", "theirs", "other"), object("network", "net")], stack),
      ),
    ).toEqual([`container ${own.name}`]);
  });

  test("a network to which only its containers are attached, and none of the engine's own", () => {
    const all = [
      object("container", "c", stack, ["id of mine", "id of docker_gwbridge"]),
      object("network", "mine"),
      object("network", "docker_gwbridge"),
    ];
    expect(names(ownedBy(byLedger(), all, stack))).toEqual(["container c", "network mine"]);
  });

  test("an anonymous volume that was noted while its container lived, once the container is gone", () => {
    const volume = object("volume", anonymous);
    expect(ownedBy(byLedger({ own: [{ kind: "volume", id: anonymous, name: anonymous }] }), [volume], stack)).toEqual([volume]);
  });

  test("no object of other runs with similar names", () => {
    const others = ["note-0a1b2d_ci_test", "note-0a1b2c_ci_tes", "note-0a1b2c_ci_test2", `${stack}_x`].flatMap((other) => [
      object("service", `${other}_app`, other),
      object("volume", `${other}_data`, other),
      object("secret", `${other.replace(`${stack}_x`, "zzzz")}_pw_v1`),
    ]);
    expect(ownedBy(byLedger(), others, stack)).toEqual([]);
  });
});

describe("when the ledger is lost, the app owns", () => {
  const signed: Claim = { kind: "signed", by: "its .env" };

  test("only objects whose label and name prefix both agree", () => {
    const own = object("volume", `${stack}_data`, stack);
    const all = [
      own,
      object("volume", "forged", stack),
      object("volume", `${stack}_by-name-only`),
      object("config", `${stack}_c`, "other"),
    ];
    expect(ownedBy(signed, all, stack)).toEqual([own]);
    expect(names(strangersOf(signed, all, stack))).toEqual(["volume forged", `volume ${stack}_by-name-only`]);
  });

  test("abra's secrets, which have no label, by their name prefix", () => {
    const secret = object("secret", `${stack}_db_v1`);
    expect(ownedBy(signed, [secret], stack)).toEqual([secret]);
  });
});

test("when nothing shows that a run made the app, it owns nothing and all objects with its name are strangers", () => {
  const all = [object("service", `${stack}_app`, stack), object("env", `/servers/default/${domain}.env`, stack)];
  expect(ownedBy({ kind: "none" }, all, stack)).toEqual([]);
  expect(strangersOf({ kind: "none" }, all, stack)).toEqual(all);
});

test("when the operator adopts an app, it owns all objects with its label or name prefix", () => {
  const all = [object("service", `${stack}_app`, stack), object("volume", `${stack}_data`), object("volume", "other_data", "other")];
  expect(names(ownedBy({ kind: "adopted" }, all, stack))).toEqual([`service ${stack}_app`, `volume ${stack}_data`]);
});

test("a stack ab-123456 with a service <zone>_app is not a run's app", () => {
  const service = object("service", "ab-123456_ci_test_app", "ab-123456");
  expect(runAppOfObject(service, zone, ["ab-123456"])).toBeNull();
  expect(saysItIsOf([service], "ab-123456_ci_test" as StackName)).toEqual([]);
});

test("a service with an underscore in its name belongs to its stack", () => {
  expect(runAppOfObject(object("service", `${stack}_side_car`, stack), zone, [stack])).toBe(domain);
});

const anyName = stringMatching(/^[a-z0-9_-]{1,12}$/);
const anyObject = record({
  kind: constantFrom<OwnableObject["kind"]>("service", "container", "volume", "secret", "config", "network"),
  name: anyName.map((rest) => `${stack}_${rest}`),
  stackLabel: option(constantFrom<string>(stack, "other", `${stack}_x`), { nil: null }),
  uses: array(
    anyName.map((rest) => `${stack}_${rest}`),
    { maxLength: 3 },
  ),
  plain: boolean(),
}).map(({ kind, name, stackLabel, uses, plain }): OwnableObject => ({
  ...object(kind, plain ? name.slice(stack.length + 1) : name, stackLabel),
  uses: kind === "container" ? uses : [],
}));
const anyObjects = uniqueArray(anyObject, { selector: keyOf, maxLength: 12 });

test("for any objects, the app owns nothing foreign, and none of its own objects is a stranger", () => {
  forAll(
    property(anyObjects, anyObjects, anyObjects, (before, made, noted) => {
      const foreign = before.map(keyOf);
      const claim = byLedger({ foreign, own: noted, named: { volume: made.map(({ name }) => name) } });
      const own = ownedBy(claim, [...before, ...made], stack);
      expect(own.filter((one) => foreign.includes(keyOf(one)))).toEqual([]);
      expect(
        own.filter(
          ({ stackLabel, kind, id }) =>
            stackLabel !== null && stackLabel !== stack && !noted.some((one) => one.kind === kind && one.id === id),
        ),
      ).toEqual([]);
      expect(strangersOf(claim, [...before, ...made], stack).filter((one) => own.includes(one))).toEqual([]);
    }),
  );
});
