import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { checkApp } from "../../../src/effects/policy/check-app.js";
import { judgeApart, type JudgeLimits } from "../../../src/effects/policy/judge-apart.js";
import { judgeApp, type AskSwarm, type SwarmQuestion } from "../../../src/effects/policy/judge-app.js";
import type { AppToCheck } from "../../../src/effects/policy/read-app.js";
import { isQuicklyJudged } from "../../../src/effects/policy/quickly-judged.js";
import { nothingAllowed } from "../../support/nothing-allowed.js";
import type { App } from "../../../src/machines/vocabulary.js";
import { engineOn, startDaemon } from "../../support/engine/daemon.js";
import { bundleFixture } from "../../support/bundle.js";
import { temporaryFolder } from "../../support/processes.js";

const app = { recipe: "notes", domain: "note-abcdef.ci.test", stack: "note-abcdef_ci_test", commit: "0".repeat(40) } as App;
const small = "services: {app: {image: 'x:1'}}\nvolumes: {data: {}}\nnetworks: {proxy: {external: true}}\n";
/** As large as a file of a recipe may be, of what the parser takes longest for. */
const large = `services: {app: {image: 'x:1'}}\nx-a: ${"x\n  ".repeat(260_000)}\n`;

const empty = { networks: new Set<string>(), volumes: new Set<string>(), secrets: new Set<string>(), configs: new Set<string>() };
const answers: AskSwarm = async ({ kinds }) => ({
  existing: kinds.includes("networks") ? { ...empty, networks: new Set(["proxy"]) } : empty,
  hasOtherNodes: false,
  ofOneNode: new Set<string>(),
  taken: new Map(),
});
const never = new AbortController().signal;

let limits: JudgeLimits;
beforeAll(async () => {
  limits = { program: readFileSync(await bundleFixture("src/effects/policy/judge-thread.ts"), "utf8"), limitMs: 60_000 };
});

let input: AppToCheck;
const put = (files: Readonly<Record<string, string>>, settings: AppToCheck["settings"] = {}): void => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(input.recipeDir, name), text);
  input = { ...input, settings };
};
beforeEach(() => {
  const folder = temporaryFolder();
  for (const name of ["recipe", "operator"]) mkdirSync(join(folder, name));
  input = {
    app,
    recipeDir: join(folder, "recipe"),
    operatorDir: join(folder, "operator"),
    settings: {},
    allow: nothingAllowed,
    deployMs: 600_000,
  };
});

const times = (count: number) => ({ COMPOSE_FILE: "compose.yml:".repeat(count) });

/** A busy host computes the largest files for as long. */
const computingMs = 180_000;

test(
  "while the largest compose files are read the program hears everything",
  async () => {
    put({ "compose.yml": large }, times(2));
    let heard = 0;
    const beat = setInterval(() => (heard += 1), 10);
    const began = performance.now();
    await judgeApart(input, answers, never, limits);
    clearInterval(beat);
    // Read by the program itself they keep it from hearing anything, for as long as they take.
    expect(heard).toBeGreaterThan((performance.now() - began) / 10 / 4);
  },
  computingMs,
);

test("a stop ends the reading at once", async () => {
  put({ "compose.yml": large }, times(10));
  const stop = new AbortController();
  const judged = judgeApart(input, answers, stop.signal, limits);
  setTimeout(() => stop.abort(new Error("stopped")), 150);
  await expect(judged).rejects.toThrowError("stopped");
  await expect(judgeApart(input, answers, AbortSignal.abort(new Error("before")), limits)).rejects.toThrowError("before");
});

test("files that take longer than the limit are the recipe's failure, not ours", async () => {
  put({ "compose.yml": large }, times(10));
  await expect(judgeApart(input, answers, never, { ...limits, limitMs: 100 })).rejects.toMatchObject({
    code: "compose-refused",
    exitCode: 1,
  });
});

test("a thread of its own judges as the program itself does, by what the Swarm has", async () => {
  put({ "compose.yml": small });
  const asked: SwarmQuestion[] = [];
  const ask: AskSwarm = (question) => (asked.push(question), answers(question));
  const [here, apart] = [await judgeApp(input, ask), await judgeApart(input, ask, never, limits)];
  expect(apart).toEqual(here);
  expect(here).toMatchObject({ images: ["x:1"], names: { volume: [`${app.stack}_data`] } });
  expect(asked).toEqual([
    { kinds: ["networks"], routes: false },
    { kinds: ["networks"], routes: false },
  ]);
});

test("a health check that cannot pass within the deploy's limit is refused, and accepted under a longer one", async () => {
  put({ "compose.yml": "services: {app: {image: 'x:1', healthcheck: {test: x, interval: 20m}}}\n" });
  await expect(judgeApp(input, answers)).rejects.toMatchObject({ code: "health-check-too-late", exitCode: 1 });
  await expect(judgeApp({ ...input, deployMs: 1_800_000 }, answers)).resolves.toMatchObject({ images: ["x:1"] });
});

test("a network is plain where the files ask for no subnet, driver or option, and so is docker's own default", async () => {
  const networks =
    "networks: {a: {}, b: {driver: overlay, internal: true}, c: {ipam: {config: [{subnet: 10.9.0.0/24}]}}, d: {driver_opts: {encrypted: ''}}, e: {external: true, name: proxy}}";
  put({ "compose.yml": `version: '3.8'\nservices: {app: {image: 'x:1', networks: [a, b, c, d]}}\n${networks}\n` });
  const allowed = { ...input, allow: { ...nothingAllowed, subnets: ["10.9.0.0/24"] } };
  expect((await judgeApp(allowed, answers)).plainNetworks).toEqual([`${app.stack}_a`, `${app.stack}_b`, `${app.stack}_default`]);
});

test("what a thread refuses is refused by the same code, place and words", async () => {
  for (const text of ["services: {app: {image: 'x:1', pid: host, cap_add: [A]}}\n", "services: [\n", "services: {app: {image: 'A B'}}\n"]) {
    put({ "compose.yml": text });
    const failure: unknown = await judgeApp(input, answers).catch((error: unknown) => error);
    const { code, exitCode, message, hint, details } = failure as {
      code: string;
      exitCode: number;
      message: string;
      hint: string;
      details: readonly string[];
    };
    await expect(judgeApart(input, answers, never, limits)).rejects.toMatchObject({
      name: "RunError",
      code,
      exitCode,
      message,
      hint,
      details,
    });
  }
});

test("the engine is asked for each list that the names need, and for each once", async () => {
  const lists: Readonly<Record<string, unknown>> = {
    "/networks": [{ Id: "p", Name: "proxy", Scope: "swarm" }],
    "/volumes": { Volumes: [{ Name: "shared" }] },
    "/info": { Swarm: { Nodes: 1 } },
  };
  const { socket, calls } = await startDaemon(
    (request, answer) => void answer.end(JSON.stringify(lists[(request.url ?? "").replace(/^\/v1\.\d+/, "")] ?? [])),
  );
  put({ "compose.yml": small });
  await expect(checkApp(input, engineOn(socket), never, limits)).resolves.toMatchObject({ names: { volume: [`${app.stack}_data`] } });
  expect(calls).toEqual(["GET /v1.41/networks"]);
  put({ "compose.yml": small.replace("data: {}", "data: {external: true, name: shared}") });
  await expect(
    checkApp({ ...input, allow: { ...nothingAllowed, volumes: ["shared"] } }, engineOn(socket), never, limits),
  ).resolves.toMatchObject({ images: ["x:1"] });
  expect(calls.slice(1).toSorted()).toEqual(["GET /v1.41/info", "GET /v1.41/networks", "GET /v1.41/volumes"]);
});

test("a Swarm that does not answer ends the thread with the Swarm's own failure", async () => {
  put({ "compose.yml": small });
  await expect(judgeApart(input, () => Promise.reject(new Error("no Swarm")), never, limits)).rejects.toThrowError("no Swarm");
});

test("a recipe as they are is read at once, and one that could keep anybody waiting is not", () => {
  put({ "compose.yml": small, "abra.sh": "" });
  expect(isQuicklyJudged(input)).toBe(true);
  const slow: readonly (readonly [files: Readonly<Record<string, string>>, settings?: AppToCheck["settings"]])[] = [
    [{ "compose.yml": large }],
    [{ "compose.yml": small }, { COMPOSE_FILE: "compose.yml:".repeat(2_000) }],
    [{ "compose.yml": small }, { COMPOSE_FILE: "a:".repeat(10_000) }],
    [{ "compose.yml": `${small}x: [${"*a,".repeat(20)}]\n` }],
    [{ "compose.yml": `${small}x: "${"$A".repeat(100)}"\n` }, { A: "x".repeat(10_000) }],
    [{ "compose.yml": small, "more.yml": large, "abra.sh": "export COMPOSE_FILE=compose.yml:more.yml\n" }],
    [{ "compose.yml": small, "abra.sh": "export COMPOSE_FILE=compose.yml:more.yml\n" }, { COMPOSE_FILE: "compose.yml" }],
  ];
  for (const [files, settings] of slow) {
    put({ "abra.sh": "", ...files }, settings);
    expect(isQuicklyJudged(input), JSON.stringify(settings)).toBe(false);
  }
});

const mounting = "services: {app: {image: 'x:1', volumes: ['${DATA:-/etc}:/data']}}\nvolumes: {safe: {}}\n";

test.each([
  ["an assignment that is no export", "DATA=safe\n"],
  ["an export in quotes, which abra passes over", 'export DATA="safe"\n'],
  ["a second export in a line, which is the one that abra takes", "export DATA=safe export DATA=/etc\n"],
])("what abra.sh says is refused for what any reader of it comes to: %s", async (_, abraSh) => {
  put({ "compose.yml": mounting, "abra.sh": abraSh });
  await expect(judgeApp(input, answers)).rejects.toMatchObject({ code: "policy-denied", message: expect.stringContaining("mounts /etc") });
});

test("what a plain export says is what it comes to, and a name alone is taken by no other reading", async () => {
  put({ "compose.yml": mounting, "abra.sh": "export DATA=safe\nexport CONF_VERSION=v1\nrun() {\n  DATA=$1\n}\n" });
  await expect(judgeApp(input, answers)).resolves.toMatchObject({ images: ["x:1"] });
});

test("compose files that only abra.sh names may not stand in for those that abra looks up before it", async () => {
  put({ "safe.yml": small, "compose.yml": mounting, "abra.sh": "export COMPOSE_FILE=safe.yml\n" });
  await expect(judgeApp(input, answers)).rejects.toMatchObject({
    code: "policy-denied",
    hint: expect.stringContaining("COMPOSE_FILE into .env.sample"),
  });
});

test("a reading of abra.sh that is not expected need not come to a whole deploy", async () => {
  put({ "compose.yml": "services: {app: {image: 'x:${VERSION}'}}\n", "abra.sh": 'export VERSION="1"\n' });
  await expect(judgeApp(input, answers)).resolves.toMatchObject({ images: ["x:1"] });
});
