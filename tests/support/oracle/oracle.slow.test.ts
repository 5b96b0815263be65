import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { must, startSilent, type Child } from "../children.js";
import { isAlive } from "../drone/processes.js";
import { waitFor } from "../drone/wait-for.js";
import { findLeaks, judgeRuns, type Deeds } from "./oracle.js";
import type { Finding, OracleWorld } from "./world.js";
import { sendSignal } from "../signal.js";

const zone = "sandbox.localhost";
const domain = `note-0a1b2c.${zone}`;
const stack = domain.replaceAll(".", "_");

let root: string;
let world: OracleWorld;
let children: Child[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "oracle-"));
  children = [];
  world = {
    zone,
    docker: join(process.cwd(), "sandbox/bin/docker"),
    env: { RECIPE_CI_SANDBOX: root },
    lockDir: join(root, "locks"),
    runsDir: join(root, "runs"),
    serversDir: join(root, "abra/servers"),
    sandbox: root,
  };
});
afterEach(async () => {
  await endEngine();
  for (const child of children) await child.end();
  rmSync(root, { recursive: true, force: true });
});

const put = (path: string, content: string | object): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === "string" ? content : JSON.stringify(content));
};

/** The stand-in docker's engine is there for as long as somebody asks: what is put beside it is seen by the next one. */
const endEngine = async (): Promise<void> => {
  const card = join(root, "engine.json");
  if (!existsSync(card)) return;
  const { pid } = JSON.parse(readFileSync(card, "utf8")) as { pid: number };
  try {
    sendSignal(pid, "SIGKILL");
  } catch {
    // It had ended.
  }
  rmSync(card);
  await waitFor("the engine to end", () => !isAlive(pid));
};

/** An object as the stand-in docker keeps it. */
const object = async (kind: string, name: string, labels: Readonly<Record<string, string>> = {}): Promise<void> => {
  await endEngine();
  const id = "a".repeat(25);
  const common = { ID: id, Id: id, id, Name: name, name, Labels: labels, labels, Version: { Index: 1 }, CreatedAt: "", createdAt: "" };
  const spec = { Name: name, Labels: labels, TaskTemplate: { ContainerSpec: { Image: "i" } }, Mode: { Replicated: { Replicas: 0 } } };
  const container = {
    serviceId: "",
    image: "i",
    command: [],
    state: "exited",
    mounts: [],
    networks: [],
    ports: {},
    published: [],
    removeAt: null,
  };
  put(`world/${kind}/${encodeURIComponent(kind === "containers" ? id : name)}.json`, {
    ...common,
    Spec: spec,
    Endpoint: {},
    ...(kind === "containers" ? container : {}),
  });
};

const start = async (file: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Child> => {
  const child = startSilent(file, args, { env: { PATH: process.env["PATH"], ...env } });
  children.push(child);
  await waitFor(`${file} to begin`, () => !readFileSync(`/proc/${child.pid}/cmdline`, "utf8").startsWith(process.argv0));
  return child;
};

const kindsOf = (findings: readonly Finding[]): readonly string[] => [...new Set(findings.map(({ kind }) => kind))].sort();

const leaks: Readonly<Record<string, readonly [() => unknown, readonly Finding["kind"][]]>> = {
  "a service": [() => object("services", `${stack}_app`), ["file", "service"]],
  "a container whose name says nothing, but its label does": [
    () => object("containers", "c0ffee", { "com.docker.stack.namespace": stack }),
    ["container"],
  ],
  "a volume": [() => object("volumes", `${stack}_data`), ["file", "volume"]],
  "a secret without any label": [() => object("secrets", `${stack}_password_v1`), ["file", "secret"]],
  "a config": [() => object("configs", `${stack}_conf_v1`), ["config", "file"]],
  "a network": [() => object("networks", `${stack}_internal`), ["file", "network"]],
  "a volume's data that docker lists no more": [() => put(`world/volume-data/${stack}_data/file`, "x"), ["file"]],
  "an .env": [() => put(`abra/servers/default/${domain}.env`, "TYPE=notes"), ["env"]],
  "a child of a dead run": [() => start("sleep", ["60"], { CCCI_RUN_COOKIE: "c0", CCCI_RUN_DIR: join(root, "runs/1") }), ["process"]],
  "a process of a service": [() => start("sleep", ["60"], { SANDBOX_ROOTFS: join(root, "world/rootfs/1") }), ["process"]],
  "a held lock": [
    async () => {
      put(`locks/cc-ci-app-${domain}.lock`, "");
      const child = await start("flock", ["--no-fork", join(root, `locks/cc-ci-app-${domain}.lock`), "sleep", "60"], {});
      await waitFor("the lock", () => readFileSync("/proc/locks", "utf8").includes(` ${child.pid} `));
    },
    ["lock"],
  ],
};

describe("the oracle finds", () => {
  test.each(Object.entries(leaks))("%s", async (_, [seed, kinds]) => {
    expect(await findLeaks(world)).toEqual([]);
    await seed();
    expect(kindsOf(await findLeaks(world))).toEqual(kinds);
  });
});

test("the oracle leaves alone what is kept on purpose and what only looks like a run app", async () => {
  for (const name of [
    "warm-notes_sandbox_localhost_app",
    "note-0a1b2cx_sandbox_localhost_app",
    "note-0a1b2c_other_localhost_app",
    "traefik",
  ]) {
    await object("volumes", name);
  }
  put(`abra/servers/default/warm-notes.${zone}.env`, "");
  put(`locks/cc-ci-app-${domain}.lock`, "");
  expect(await findLeaks(world)).toEqual([]);
});

test("the oracle finds a volume that has no name of a run's, by the ledger of the run that made it", async () => {
  put("runs/1/run.json", { runId: "1" });
  put("runs/1/ledger.json", {
    own: [
      { kind: "volume", name: "a".repeat(64) },
      { kind: "volume", name: "long-gone" },
    ],
  });
  must(world.docker, ["volume", "create", "a".repeat(64)], { env: { PATH: process.env["PATH"], ...world.env } });
  expect(await findLeaks(world)).toContainEqual({ kind: "volume", what: "a".repeat(64) });
});

interface Told {
  readonly verdict: string | null;
  readonly exitCode: number | null;
  readonly phase?: string;
  readonly cause?: string;
  /** [ms since the epoch, event, state] */
  readonly steps: readonly (readonly [number, string, string])[];
}

const tell = (runId: string, { verdict, exitCode, phase = "deploy", cause, steps }: Told): void => {
  const isClosed = exitCode !== null;
  put(`runs/${runId}/run.json`, {
    runId,
    domain,
    verdict,
    exitCode,
    cause: cause ?? null,
    residue: [],
    cleanliness: isClosed ? "clean" : null,
    state: isClosed ? "released" : "holding.running.deploy",
    finishedAt: isClosed ? "2026-01-01T00:00:00Z" : null,
    phases: [{ name: phase }],
  });
  put(`runs/${runId}/ledger.json`, { closedAt: isClosed ? "2026-01-01T00:00:00Z" : null, own: [] });
  const line = ([at, type, state]: Told["steps"][number]): string =>
    JSON.stringify({ at: new Date(at).toISOString(), actor: "run", event: { type }, state: [state] });
  put(`runs/${runId}/events.jsonl`, `${steps.map(line).join("\n")}\n{"at":"torn in the midd`);
};

const green: Told = {
  verdict: "passed",
  exitCode: 0,
  steps: [
    [1_000, "lock.held", "holding.running.deploy"],
    [2_000, "xstate.done.actor.tier", "holding.tearingDown.cleaning"],
    [3_000, "xstate.done.actor.teardown", "reporting.draining"],
  ],
};

const shifted = (told: Told, ms: number): Told => ({ ...told, steps: told.steps.map(([at, event, state]) => [at + ms, event, state]) });

const unharmed = { stoppedAt: null, killed: false };
const deeds = (harms: Readonly<Record<string, { stoppedAt: number | null; killed: boolean }>> = {}): Deeds => ({
  harmOf: (runId) => harms[runId] ?? unharmed,
  killedAt: new Map(Object.entries(harms).flatMap(([runId, { stoppedAt }]) => (stoppedAt === null ? [] : [[runId, stoppedAt] as const]))),
});

describe("of the runs' own files, the oracle", () => {
  test("accepts two green runs one after the other, and a stop that came after the verdict stood", () => {
    tell("1", green);
    tell("2", { ...shifted(green, 2_000), steps: [...shifted(green, 2_000).steps, [5_100, "stop", "reporting.draining"]] });
    expect(judgeRuns(world, deeds({ 2: { stoppedAt: 5_050, killed: false } }))).toEqual([]);
  });

  test("finds two runs that had the app at the same time", () => {
    tell("1", green);
    tell("2", shifted(green, 1_999));
    expect(kindsOf(judgeRuns(world, deeds()))).toEqual(["two holders"]);
  });

  test("finds a run that had the app before the one that was killed had lost it", () => {
    tell("1", { verdict: null, exitCode: null, steps: [[1_000, "lock.held", "holding.running.deploy"]] });
    tell("2", shifted(green, 500));
    put(`runs/apps/${domain}.json`, { last: { runId: "1", verdict: null } });
    expect(kindsOf(judgeRuns(world, deeds({ 1: { stoppedAt: 2_000, killed: true } })))).toEqual(["two holders"]);
    expect(kindsOf(judgeRuns(world, deeds({ 1: { stoppedAt: 1_200, killed: true } })))).toEqual([]);
  });

  test("finds a green verdict of a run that had heard a stop before", () => {
    tell("1", { ...green, steps: [green.steps[0] ?? [0, "", ""], [1_500, "stop", "holding.running.deploy"], ...green.steps.slice(1)] });
    expect(kindsOf(judgeRuns(world, deeds()))).toEqual(["verdict"]);
  });

  test("finds a green verdict of a run that was told long before and says it never heard", () => {
    tell("1", green);
    expect(kindsOf(judgeRuns(world, deeds({ 1: { stoppedAt: 900, killed: false } })))).toEqual(["verdict"]);
  });

  test("finds a run that ended without a word though nobody killed it", () => {
    tell("1", { verdict: null, exitCode: null, phase: "prepare", steps: [] });
    expect(kindsOf(judgeRuns(world, deeds()))).toEqual(["record"]);
  });

  test("finds a killed run that the app's record does not mention, or calls green", () => {
    tell("1", { verdict: null, exitCode: null, steps: [[1_000, "lock.held", "holding.running.deploy"]] });
    const killed = deeds({ 1: { stoppedAt: 2_000, killed: true } });
    expect(kindsOf(judgeRuns(world, killed))).toEqual(["record"]);
    put(`runs/apps/${domain}.json`, { last: { runId: "1", verdict: "passed" } });
    expect(kindsOf(judgeRuns(world, killed))).toEqual(["record"]);
    put(`runs/apps/${domain}.json`, { last: { runId: "1", verdict: null } });
    expect(judgeRuns(world, killed)).toEqual([]);
  });

  test("takes the end of a run that had the lock later for the app's last one, though that run began, and waited, earlier", () => {
    tell("1", {
      verdict: null,
      exitCode: null,
      steps: [
        [900, "xstate.init", "prepare"],
        [1_000, "lock.held", "holding.running.deploy"],
      ],
    });
    tell("2", { ...green, steps: [[800, "xstate.init", "prepare"], ...shifted(green, 1_500).steps] });
    put(`runs/apps/${domain}.json`, { last: { runId: "2", verdict: "passed" } });
    const killed = deeds({ 1: { stoppedAt: 1_200, killed: true } });
    expect(judgeRuns(world, killed)).toEqual([]);
    tell("2", { ...green, steps: [[800, "xstate.init", "prepare"], ...shifted(green, -500).steps] });
    expect(kindsOf(judgeRuns(world, killed))).toContain("record");
  });

  test.each([
    ["a passed one with a red exit code", { ...green, exitCode: 1 }],
    ["a stopped one with a green exit code", { ...green, verdict: "stopped", cause: "TERM", exitCode: 0 }],
    ["a stopped one without a cause", { ...green, verdict: "stopped", exitCode: 143 }],
    ["one without any verdict", { ...green, verdict: null, exitCode: 0 }],
  ])("finds a closed record that contradicts itself: %s", (_, told) => {
    tell("1", told);
    expect(kindsOf(judgeRuns(world, deeds()))).toContain("record");
  });

  test("finds a deploy without a ledger, and one that claims on after its app was gone", () => {
    tell("1", green);
    put("runs/1/ledger.json", { closedAt: null, own: [] });
    expect(judgeRuns(world, deeds())).toEqual([{ kind: "record", what: "1: clean, and its ledger is open" }]);
    put("runs/1/ledger.json", "");
    expect(judgeRuns(world, deeds())).toEqual([{ kind: "record", what: "1: deployed without a ledger" }]);
  });

  test("finds a record that cannot be read", () => {
    put("runs/1/run.json", "{");
    expect(kindsOf(judgeRuns(world, deeds()))).toEqual(["record"]);
  });
});
