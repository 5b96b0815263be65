import { describe, expect, test } from "vitest";
import type { Engine } from "../../../../src/effects/docker/engine.js";
import type { Service } from "../../../../src/effects/docker/engine-schema.js";
import { builtInTests, operations } from "../../../../src/effects/tier/operations.js";
import { quickly } from "./bed.js";
import {
  brokenUpdate,
  compose,
  expectFailedUpdate,
  expectNeedsHands,
  sample,
  sampleOf,
  secret,
  worker,
  worldOfFile,
  type Need,
} from "./versions.js";

// What else an operator may be left with, and other ends: upgrade.slow.test.ts.

const { bed } = worldOfFile();

describe("an upgrade in place", () => {
  test("only adds new keys to the .env, makes new secrets, and keeps the data", async () => {
    const good = bed("good", [
      "0.2.0+2",
      {
        ".env.sample": `${sample.replace("box", "good").replace("hello", "good evening")}COLOUR=red\nSECRET_TOKEN_VERSION=v1 # length=12\n`,
        "compose.yml": compose({
          version: "0.2.0+2",
          more: "    secrets: [token]\n    environment: [COLOUR, GREETING]\n",
          end: worker + secret,
        }),
        "release/0.2.0+2": "COLOUR and SECRET_TOKEN_VERSION are new.\n",
      },
    ]);
    await good.deploy();
    const settings = { ...quickly, upgradeAcknowledged: ["0.2.0+2"], upgradeEnv: { GREETING: "good morning from {domain}" } };
    const facts = await good.upgrade({ settings });
    expect(good.env).toMatch(/^COLOUR=red$/m);
    expect(good.env).toMatch(/^SECRET_TOKEN_VERSION=v1 # length=12$/m);
    expect(good.env).toMatch(/^GREETING='good morning from good-123456.test'$/m);
    expect(await good.names("secret")).toEqual(["token_v1"]);
    expect(await good.names("service")).toEqual(["app", "worker"]);
    const prefix = `coop-cloud.${good.app.stack}`;
    expect(await good.labels()).toMatchObject({
      [`${prefix}.version`]: "0.2.0+2",
      [`${prefix}.chaos-version`]: good.version(1).commit.slice(0, 8),
    });
    expect(facts).toMatchObject({
      version: good.version(1),
      labels: { before: "0.1.0+1", meant: "0.2.0+2" },
      updatesBefore: { [`${good.app.stack}_app`]: null },
    });
    expect(facts.markers).toHaveLength(2);
    const of = good.of({ facts });
    const said = await Promise.all(
      builtInTests.upgrade(good.wiring).map(async ({ name, holds }) => [name, await holds(of, AbortSignal.timeout(5_000))] as const),
    );
    // Nothing listens at the address of this test.
    expect(said.filter(([name, why]) => why !== null && name !== "the app answers at its address")).toEqual([]);
  });
});

describe("an operator who touches nothing but the version is left with", () => {
  const need: Need = [
    "secret",
    "a new secret",
    {
      ".env.sample": sampleOf("secret", "SECRET_TOKEN_VERSION=v1 # length=12\n"),
      "compose.yml": compose({ version: "0.2.0+1", more: "    secrets: [token]\n", end: secret }),
    },
    /new secret, token: set SECRET_TOKEN_VERSION=v1.*abra app secret generate secret-123456\.test token v1/,
    /compose/,
  ];
  test("secret: a new secret, red with the sentence for the release notes, before anything is touched", () =>
    expectNeedsHands(bed(need[0], ["0.2.0+1", need[2]]), need));
});

describe("an upgrade fails", () => {
  test("if the Swarm has rolled the update back, with the last words of its tasks", () =>
    expectFailedUpdate(bed("rolled", brokenUpdate("order: start-first, failure_action: rollback, monitor: 5s")), "rolled-back"));
});

describe("an upgrade ends with 69 and is not submitted if during the pull of its images somebody else", () => {
  type Touch = (engine: Engine, path: string) => Promise<unknown>;
  const scale: Touch = async (engine, path) => {
    const { Version, Spec } = await engine.json<Service>("GET", path);
    const body = { ...Spec, Mode: { Replicated: { Replicas: 2 } } };
    return engine.json("POST", `${path}/update`, { query: { version: Version?.Index ?? 0 }, body });
  };
  test.each<[recipe: string, code: string, message: string, touch: Touch]>([
    ["removed", "stack-gone", "the stack is gone: somebody removed it", (engine, path) => engine.json("DELETE", path)],
    ["scaled", "app-disturbed", "scaled-123456_test_app was scaled from 1 to 2", scale],
  ])("%s a service: %s", async (recipe, code, message, touch) => {
    const touched = bed(recipe, ["0.2.0+2", { "compose.yml": compose({ version: "0.2.0+2" }) }]);
    await touched.deploy();
    const pull = async (): Promise<void> => void (await touch(touched.wiring.engine, `/services/${touched.app.stack}_app`));
    await expect(operations.upgrade({ ...touched.wiring, pull })(touched.of(), AbortSignal.timeout(30_000))).rejects.toMatchObject({
      code,
      exitCode: 69,
      message: expect.stringContaining(message) as string,
    });
  });
});
