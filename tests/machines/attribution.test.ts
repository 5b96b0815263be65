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

describe("with a ledger, the app's own is", () => {
  test("what is new and has its label, by whatever name", () => {
    const all = [
      object("service", `${stack}_side_car`, stack),
      object("volume", "forged-volume", stack),
      object("config", "other_conf_v1", stack),
    ];
    expect(ownedBy(byLedger(), all, stack)).toEqual(all);
  });

  test("never what existed before, whatever label and name it has got since", () => {
    const config = object("config", `${stack}_conf`, stack);
    expect(ownedBy(byLedger({ foreign: [keyOf(config)] }), [config], stack)).toEqual([]);
    expect(strangersOf(byLedger({ foreign: [keyOf(config)] }), [config], stack)).toEqual([config]);
  });

  test("a secret of abra's, which has no label, by the stack's prefix, unless a longer stack may claim it", () => {
    const secret = object("secret", `${stack}_db_v1`);
    expect(ownedBy(byLedger(), [secret], stack)).toEqual([secret]);
    expect(ownedBy(byLedger(), [secret, object("service", "x", `${stack}_db`)], stack)).toEqual([]);
  });

  test("what the recipe's compose files name and the engine made without a label", () => {
    const volume = object("volume", "shared-data");
    expect(ownedBy(byLedger(), [volume], stack)).toEqual([]);
    expect(ownedBy(byLedger({ named: { volume: ["shared-data"] } }), [volume], stack)).toEqual([volume]);
    expect(ownedBy(byLedger({ named: { volume: ["shared-data"] } }), [object("volume", "shared-data", "other")], stack)).toEqual([]);
    expect(ownedBy(byLedger({ named: { volume: ["shared-data"] }, foreign: ["volume shared-data"] }), [volume], stack)).toEqual([]);
  });

  test("the volume without name or label that its container has mounted", () => {
    const all = [object("container", `${stack}_app.1.x`, stack, [anonymous]), object("volume", anonymous)];
    expect(ownedBy(byLedger(), all, stack)).toEqual(all);
  });

  test("not a volume or a network that anybody else's container uses as well, and not one of another stack", () => {
    const own = object("container", `${stack}_app.1.x`, stack, ["shared", "theirs", "id of net"]);
    const other = object("container", "other_app.1.y", "other", ["shared", "id of net"]);
    expect(
      names(
        ownedBy(byLedger(), [own, other, object("volume", "shared"), object("volume", "theirs", "other"), object("network", "net")], stack),
      ),
    ).toEqual([`container ${own.name}`]);
  });

  test("a network that its containers alone are attached to, and never one of the engine's own", () => {
    const all = [
      object("container", "c", stack, ["id of mine", "id of docker_gwbridge"]),
      object("network", "mine"),
      object("network", "docker_gwbridge"),
    ];
    expect(names(ownedBy(byLedger(), all, stack))).toEqual(["container c", "network mine"]);
  });

  test("what was noted while its container lived, once that container is gone", () => {
    const volume = object("volume", anonymous);
    expect(ownedBy(byLedger({ own: [{ kind: "volume", id: anonymous, name: anonymous }] }), [volume], stack)).toEqual([volume]);
  });

  test("nothing of another run's, though many run at once", () => {
    const others = ["note-0a1b2d_ci_test", "note-0a1b2c_ci_tes", "note-0a1b2c_ci_test2", `${stack}_x`].flatMap((other) => [
      object("service", `${other}_app`, other),
      object("volume", `${other}_data`, other),
      object("secret", `${other.replace(`${stack}_x`, "zzzz")}_pw_v1`),
    ]);
    expect(ownedBy(byLedger(), others, stack)).toEqual([]);
  });
});

describe("where the ledger is lost", () => {
  const signed: Claim = { kind: "signed", by: "its .env" };

  test("label and prefix must both agree", () => {
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

  test("abra's secrets, which have no label, go by the prefix", () => {
    const secret = object("secret", `${stack}_db_v1`);
    expect(ownedBy(signed, [secret], stack)).toEqual([secret]);
  });
});

test("without a sign nothing is the app's, and all that says so is a stranger's", () => {
  const all = [object("service", `${stack}_app`, stack), object("env", `/servers/default/${domain}.env`, stack)];
  expect(ownedBy({ kind: "none" }, all, stack)).toEqual([]);
  expect(strangersOf({ kind: "none" }, all, stack)).toEqual(all);
});

test("what the operator adopts is all that says it is the app's", () => {
  const all = [object("service", `${stack}_app`, stack), object("volume", `${stack}_data`), object("volume", "other_data", "other")];
  expect(names(ownedBy({ kind: "adopted" }, all, stack))).toEqual([`service ${stack}_app`, `volume ${stack}_data`]);
});

test("a stack ab-123456 whose service is called <zone>_app is no run's app", () => {
  const service = object("service", "ab-123456_ci_test_app", "ab-123456");
  expect(runAppOfObject(service, zone, ["ab-123456"])).toBeNull();
  expect(saysItIsOf([service], "ab-123456_ci_test" as StackName)).toEqual([]);
});

test("a service with an underscore in its name is its stack's", () => {
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

test("whatever the objects, nothing foreign is ever own, and own and strangers never overlap", () => {
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
