import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { builtInTests } from "../../../../src/effects/tier/operations.js";
import { Bed, openWorld, quickly, type Files } from "./bed.js";

let open: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  open = await openWorld();
});
afterAll(async () => {
  await open.connected.end();
  await open.world.close();
});

interface Told {
  readonly version: string;
  readonly image?: string;
  /** Of the service `app`. */
  readonly more?: string;
  readonly update?: string;
  /** Other services, and what follows them. */
  readonly end?: string;
}

const compose = ({ version, image = "local/echo-app:1.0.0", more = "", update = "order: stop-first, monitor: 300ms", end = "" }: Told): string => `version: "3.8"
services:
  app:
    image: ${image}
    stop_grace_period: 1s
    volumes: ["data:/data"]
${more}    deploy:
      update_config: { ${update} }
      labels: ["coop-cloud.\${STACK_NAME}.version=${version}"]
${end}volumes:
  data:
`;

const worker = "  worker:\n    image: local/echo-app:1.0.0\n    stop_grace_period: 1s\n";
const broken = "local/notes-broken:1.0.0";

const sample = "TYPE=box\nDOMAIN=box.example.com\nTIMEOUT=60\nGREETING=hello\n";
const base = (recipe: string): Files => ({ ".env.sample": sample.replace("box", recipe), "abra.sh": "", "compose.yml": compose({ version: "0.1.0+1" }) });

const bed = (recipe: string, ...further: readonly (readonly [string, Files])[]): Bed => new Bed(open, recipe, [["0.1.0+1", base(recipe)], ...further]);

describe("an upgrade goes over the app that runs, in place:", () => {
  test("the .env stays as it was but for what is new, new secrets are made, and data stay", async () => {
    const secret = `secrets:\n  token:\n    external: true\n    name: \${STACK_NAME}_token_\${SECRET_TOKEN_VERSION}\n`;
    const good = bed("good", [
      "0.2.0+2",
      {
        ".env.sample": `${sample.replace("box", "good").replace("hello", "good evening")}COLOUR=red\nSECRET_TOKEN_VERSION=v1 # length=12\n`,
        "compose.yml": compose({ version: "0.2.0+2", more: "    secrets: [token]\n    environment: [COLOUR, GREETING]\n", end: worker + secret }),
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
    expect(await good.labels()).toMatchObject({ [`${prefix}.version`]: "0.2.0+2", [`${prefix}.chaos-version`]: good.version(1).commit.slice(0, 8) });
    expect(facts).toMatchObject({ version: good.version(1), labels: { before: "0.1.0+1", meant: "0.2.0+2" }, updatesBefore: { [`${good.app.stack}_app`]: null } });
    expect(facts.markers).toHaveLength(2);
    const of = good.of({ facts });
    const said = await Promise.all(builtInTests.upgrade(good.wiring).map(async ({ name, holds }) => [name, await holds(of, AbortSignal.timeout(5_000))] as const));
    // Nothing listens at the address of this test.
    expect(said.filter(([name, why]) => why !== null && name !== "the app answers at its address")).toEqual([]);
  });

  test("one that changes nothing but its commit is done at once, and is one all the same", async () => {
    const same = bed("same", ["0.1.1+1", { "README.md": "More words.\n" }]);
    await same.deploy();
    const began = performance.now();
    await same.upgrade();
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await same.labels()).toMatchObject({ [`coop-cloud.${same.app.stack}.chaos-version`]: same.version(1).commit.slice(0, 8) });
  });

  test("a service that the new version has no more runs on, and that is said", async () => {
    const fewer = new Bed(open, "fewer", [["0.1.0+1", { ...base("fewer"), "compose.yml": compose({ version: "0.1.0+1", end: worker }) }], ["0.2.0+1", { "compose.yml": compose({ version: "0.2.0+1" }) }]]);
    await fewer.deploy();
    await fewer.upgrade();
    expect(fewer.notes).toContainEqual(expect.stringMatching(/^0\.2\.0\+1 has no service worker any more/));
    expect(await fewer.names("service")).toEqual(["app", "worker"]);
  });
});

describe("an operator who touches nothing but the version is left with", () => {
  const secret = `secrets:\n  token:\n    external: true\n    name: \${STACK_NAME}_token_\${SECRET_TOKEN_VERSION}\n`;
  const sampleOf = (recipe: string, more = ""): string => `${sample.replace("box", recipe)}${more}`;

  test.each<[recipe: string, what: string, files: Files, sentence: RegExp, place: RegExp]>([
    ["var", "a new variable without a default", { ".env.sample": sampleOf("var", "COLOUR=red\n"), "compose.yml": compose({ version: "0.2.0+1", more: "    environment:\n      COLOUR: ${COLOUR}\n" }) }, /COLOUR is new and has no default.*sample has red/, /^compose\.yml:8: COLOUR/],
    ["passed", "a new variable that is passed on", { ".env.sample": sampleOf("passed", "COLOUR=red\n"), "compose.yml": compose({ version: "0.2.0+1", more: "    environment: [COLOUR]\n" }) }, /COLOUR is new/, /compose/],
    ["required", "a variable that is required", { "compose.yml": compose({ version: "0.2.0+1", more: "    environment:\n      COLOUR: ${COLOUR:?say which}\n" }) }, /COLOUR is new/, /compose/],
    ["builtin", "a variable that is called as something of every object", { "compose.yml": compose({ version: "0.2.0+1", more: "    environment:\n      COLOUR: ${constructor:?say which}\n" }) }, /constructor is new/, /compose/],
    ["secret", "a new secret", { ".env.sample": sampleOf("secret", "SECRET_TOKEN_VERSION=v1 # length=12\n"), "compose.yml": compose({ version: "0.2.0+1", more: "    secrets: [token]\n", end: secret }) }, /new secret, token: set SECRET_TOKEN_VERSION=v1.*abra app secret generate secret-123456\.test token v1/, /compose/],
    ["gone", "a variable that is gone and is still read", { ".env.sample": "TYPE=gone\nDOMAIN=gone.example.com\nTIMEOUT=60\n", "compose.yml": compose({ version: "0.2.0+1", more: "    environment:\n      GREETING: ${GREETING}\n" }) }, /GREETING is gone from \.env\.sample/, /compose/],
  ])("%s: %s, red with the sentence for the release notes, before anything is touched", async (recipe, _, files, sentence, place) => {
    const asks = bed(recipe, ["0.2.0+1", files]);
    await asks.deploy();
    const before = asks.env;
    await expect(asks.upgrade()).rejects.toMatchObject({
      code: "upgrade-needs-hands",
      exitCode: 1,
      message: expect.stringMatching(sentence) as string,
      hint: expect.stringContaining("release/0.2.0+1") as string,
      details: [expect.stringMatching(place)],
    });
    expect(asks.env).toBe(before);
    expect(await asks.labels()).toMatchObject({ [`coop-cloud.${asks.app.stack}.chaos-version`]: asks.version(0).commit.slice(0, 8) });
  });

  test("what the notes tell and recipe.yml acknowledges, and either alone is not enough", async () => {
    const files = { ".env.sample": sampleOf("told", "COLOUR=red\n"), "compose.yml": compose({ version: "0.2.0+1", more: "    environment: [COLOUR]\n" }) };
    const untold = bed("told", ["0.2.0+1", { ...files, "release/0.2.0+1": "Set a colour.\n" }]);
    await untold.deploy();
    const settings = { ...quickly, upgradeAcknowledged: ["0.2.0+1"] };
    await expect(untold.upgrade({ settings })).rejects.toMatchObject({ code: "upgrade-needs-hands" });
    untold.publish("0.2.1+1", { "release/0.2.0+1": "Set COLOUR.\n" });
    await expect(untold.upgrade()).rejects.toMatchObject({ code: "upgrade-needs-hands" });
    await untold.upgrade({ settings });
    expect(untold.notes).toContainEqual(expect.stringMatching(/^as the release notes say: COLOUR is new/));
    expect(untold.env).toMatch(/^COLOUR=red$/m);
  });

  test("nothing by what has a default, is empty in the sample, or was read unset before", async () => {
    const more = "    environment:\n      A: ${A:-1}\n      B: ${B}\n      C: ${C-}\n      D: ${GREETING}\n";
    const free = bed("free", ["0.2.0+1", { ".env.sample": sampleOf("free", "A=2\nB=\n"), "compose.yml": compose({ version: "0.2.0+1", more }) }]);
    await free.deploy();
    await free.upgrade();
    expect(free.env).toMatch(/^A=2$/m);
  });
});

describe("an upgrade fails", () => {
  test.each([
    ["rolled", "order: start-first, failure_action: rollback, monitor: 5s", "rolled-back"],
    ["paused", "order: stop-first, failure_action: pause, monitor: 5s", "update-paused"],
  ])("where the Swarm has %s the update: with the last words of its tasks", async (recipe, update, code) => {
    const failing = bed(recipe, ["0.2.0+2", { "compose.yml": compose({ version: "0.2.0+2", image: broken, update }) }]);
    await failing.deploy();
    await expect(failing.upgrade()).rejects.toMatchObject({ code, exitCode: 1, details: expect.arrayContaining([expect.stringContaining("exit code 1"), expect.stringContaining("cannot open /etc/notes/license.key")]) as unknown });
  });

  test("where it does not end in the time that a deploy has: with what each late service is up to", async () => {
    const slow = bed("slow", ["0.2.0+2", { "compose.yml": compose({ version: "0.2.0+2", more: `    healthcheck: { test: ["CMD", "node", "-e", "process.exit(1)"], interval: 1s, retries: 1000 }\n` }) }]);
    await slow.deploy();
    const settings = { ...quickly, timeouts: { ...quickly.timeouts, deployMs: 1_500 } };
    await expect(slow.upgrade({ settings })).rejects.toMatchObject({ code: "not-healthy", message: expect.stringContaining("_app") as string });
  });

  test("where the new version asks for what it may not have, before anything is submitted", async () => {
    const grabs = bed("grabs", ["0.2.0+2", { "compose.yml": compose({ version: "0.2.0+2", more: "    privileged: true\n    ports: [{ target: 8080, published: 80, mode: host }]\n" }) }]);
    await grabs.deploy();
    await expect(grabs.upgrade()).rejects.toMatchObject({ code: "policy-denied" });
    expect(await grabs.labels()).toMatchObject({ [`coop-cloud.${grabs.app.stack}.chaos-version`]: grabs.version(0).commit.slice(0, 8) });
  });

  test("where abra does not deploy it, in abra's words", async () => {
    const refused = bed("refused", ["0.2.0+2", { "compose.yml": compose({ version: "0.2.0+2" }) }]);
    await refused.deploy();
    open.world.faults([{ when: "abra app deploy", do: "exit:1" }]);
    await expect(refused.upgrade()).rejects.toMatchObject({ code: "upgrade-refused" });
    open.world.faults([]);
  });

  test("at once when it is told to stop, in the middle of its wait", async () => {
    const stopped = bed("stopped", ["0.2.0+2", { "compose.yml": compose({ version: "0.2.0+2", more: `    healthcheck: { test: ["CMD", "node", "-e", "process.exit(1)"], interval: 1s, retries: 1000 }\n` }) }]);
    await stopped.deploy();
    const stop = new AbortController();
    const upgrading = stopped.upgrade({}, stop.signal);
    const failed = expect(upgrading).rejects.toThrow("told to");
    await vi.waitFor(async () => expect((await stopped.labels())[`coop-cloud.${stopped.app.stack}.version`]).toBe("0.2.0+2"), { timeout: 10_000 });
    const began = performance.now();
    stop.abort(new Error("told to"));
    await failed;
    expect(performance.now() - began).toBeLessThan(200);
  });
});
