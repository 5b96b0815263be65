import { createActor, toPromise } from "xstate";
import { describe, expect, test } from "vitest";
import { gatherEvidence } from "../../../src/effects/docker/gather-evidence.js";
import type { Evidence } from "../../../src/machines/errors.js";
import { OwnActs } from "../../../src/effects/tier/own/own-acts.js";
import { pullImages } from "../../../src/effects/docker/pull/prepull-images.js";
import { notePlainNetworks } from "../../../src/effects/docker/without-addresses.js";
import { rememberSecret } from "../../../src/effects/redact.js";
import type { StackSnapshot } from "../../../src/machines/convergence/stack.types.js";
import { app } from "../../support/explore/samples.js";
import { engineOn, startDaemon } from "../../support/engine/daemon.js";
import { look, service } from "../../support/stacks/builders.js";

const iso = (ms: number): string => new Date(ms).toISOString();
const spec = { ContainerSpec: { Image: "hello:1" } };
const name = `${app.stack}_app`;

const services = [
  {
    ID: "s",
    Version: { Index: 1 },
    CreatedAt: iso(0),
    Spec: { Name: name, Labels: {}, Mode: { Replicated: { Replicas: 1 } }, TaskTemplate: spec },
  },
];

const taskOf = (ID: string, State: string, ContainerID: string, more: object = {}) => ({
  ID,
  ServiceID: "s",
  Slot: 1,
  NodeID: "n",
  CreatedAt: iso(State === "failed" ? 0 : 9),
  DesiredState: State === "failed" ? "shutdown" : "running",
  Spec: spec,
  Status: { Timestamp: iso(9), State, ContainerStatus: { ContainerID, ExitCode: State === "failed" ? 3 : 0 }, ...more },
});

/** As the daemon frames a log: the stream, three zeros, the length. */
const framed = (text: string): Buffer => {
  const header = Buffer.alloc(8);
  header.writeUInt8(2, 0);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};

const gather = async (
  socket: string,
  settled: StackSnapshot | null = null,
  { since = null, acts = new OwnActs() }: { readonly since?: number | null; readonly acts?: OwnActs } = {},
): Promise<Evidence> => {
  const actor = createActor(gatherEvidence(engineOn(socket), acts, 700), { input: { app, settled, since } });
  actor.start();
  return toPromise(actor);
};

test("evidence quotes the last output of a task that died and the last health check of an unhealthy one, with secrets masked", async () => {
  rememberSecret("hunter2hunter2");
  const { socket } = await startDaemon((request, answer) => {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    if (path.endsWith("/info")) return void answer.end("{}");
    if (path.endsWith("/containers/json")) return void answer.end("[]");
    if (path.endsWith("/services")) return void answer.end(JSON.stringify(services));
    if (path.endsWith("/tasks"))
      return void answer.end(
        JSON.stringify([taskOf("dead", "failed", "c1", { Err: "task: non-zero exit (3)" }), taskOf("late", "starting", "c2")]),
      );
    if (path.endsWith("/tasks/dead/logs"))
      return void answer.end(Buffer.concat([framed("cannot reach the queue\n"), framed("the password is hunter2"), framed("hunter2\n")]));
    if (path.endsWith("/tasks/late/logs"))
      return void answer.writeHead(500).end(JSON.stringify({ message: "configured logging driver does not support reading" }));
    if (path.endsWith("/containers/c2/json"))
      return void answer.end(
        JSON.stringify({
          Id: "c2",
          Name: "/c2",
          State: {
            Health: {
              Log: [
                { ExitCode: 7, Output: "connection refused\n" },
                { ExitCode: 0, Output: "fine\n" },
              ],
            },
          },
        }),
      );
    return void answer.writeHead(404).end(JSON.stringify({ message: "no such container" }));
  });
  const { lines } = await gather(socket);
  expect(lines.slice(0, 2)).toEqual([`last words of ${name}.1 (exit code 3):`, "  cannot reach the queue"]);
  expect(lines.join("\n")).not.toContain("hunter2");
  expect(lines.join("\n")).toContain("configured logging driver does not support reading");
  expect(lines).toContain(`health check of ${name}.1: exit code 7`);
  expect(lines).toContain("  connection refused");
});

test("when no health check of a task has ended yet, the evidence says so", async () => {
  const { socket } = await startDaemon((request, answer) => {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    if (path.endsWith("/info")) return void answer.end("{}");
    if (path.endsWith("/services")) return void answer.end(JSON.stringify(services));
    if (path.endsWith("/tasks")) return void answer.end(JSON.stringify([taskOf("late", "starting", "c2")]));
    if (path.endsWith("/containers/c2/json"))
      return void answer.end(JSON.stringify({ Id: "c2", Name: "/c2", State: { Health: { Status: "starting", Log: [] } } }));
    return void answer.end("[]");
  });
  expect((await gather(socket)).lines.join("\n")).toContain(`health check of ${name}.1: it has not ended once`);
});

test.each([
  ["without addresses, and the app asks for none", { Driver: "", IPAM: { Config: null } }, "net", "net"],
  ["with addresses", { Driver: "overlay", IPAM: { Config: [{ Subnet: "10.0.1.0/24" }] } }, "net", undefined],
  ["without addresses, and the app may have asked for its own", { Driver: "", IPAM: { Config: null } }, "other", undefined],
])(
  "the evidence names a network only if the Swarm gave it no addresses and the app asks for none of its own: %s",
  async (_, network, plain, expected) => {
    const { socket } = await startDaemon((request, answer) => {
      const path = (request.url ?? "").split("?", 1)[0] ?? "";
      if (path.endsWith("/info")) return void answer.end("{}");
      return void answer.end(path.endsWith("/networks") ? JSON.stringify([{ Id: "i", Name: "net", ...network }]) : "[]");
    });
    const engine = engineOn(socket);
    notePlainNetworks(engine, [plain]);
    const evidence = await toPromise(
      createActor(gatherEvidence(engine, new OwnActs(), 700), { input: { app, settled: null, since: null } }).start(),
    );
    expect(evidence.withoutAddresses).toBe(expected);
  },
);

describe("when a task has died, the evidence", () => {
  interface Engine {
    readonly task?: object;
    readonly container?: object | null;
    readonly daemonSince?: number;
    readonly events?: readonly object[];
  }

  const died = {
    ...taskOf("dead", "failed", "c1"),
    Status: { Timestamp: iso(9), State: "failed", Err: "task: non-zero exit (137)", ContainerStatus: { ContainerID: "c1", ExitCode: 137 } },
  };

  const toldOf = async ({
    task = died,
    container = { StartedAt: iso(5) },
    daemonSince = 1,
    events = [{ Action: "die" }],
  }: Engine): ReturnType<typeof gather> => {
    const { socket } = await startDaemon((request, answer) => {
      const path = (request.url ?? "").split("?", 1)[0] ?? "";
      if (path.endsWith("/info")) return void answer.end(JSON.stringify({ Swarm: { NodeID: "n" } }));
      if (path.endsWith("/containers/json")) return void answer.end("[]");
      if (path.endsWith("/services")) return void answer.end(JSON.stringify(services));
      if (path.endsWith("/tasks")) return void answer.end(JSON.stringify([task]));
      if (path.endsWith("/networks/bridge")) return void answer.end(JSON.stringify({ Created: iso(daemonSince) }));
      if (path.endsWith("/containers/c1/json") && container !== null)
        return void answer.end(JSON.stringify({ Id: "c1", Name: "/c1", State: container }));
      if (path.endsWith("/events")) return void answer.end(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
      return void answer.writeHead(404).end(JSON.stringify({ message: "no such container" }));
    });
    return gather(socket);
  };
  const disturbedBy = async (engine: Engine): Promise<string | undefined> => (await toldOf(engine)).disturbed;

  const kill = (signal: string) => ({ Action: "kill", Actor: { Attributes: { signal } } });

  test("blames nobody if the engine reports no signal before the death", async () => {
    expect(await disturbedBy({})).toBeUndefined();
    expect(await disturbedBy({ events: [{ Action: "die" }, kill("9")] }), "what came later did not end it").toBeUndefined();
  });

  test("blames somebody if docker sent the container a signal, even once the container is gone", async () => {
    expect(await disturbedBy({ events: [kill("9"), { Action: "die" }] })).toContain(`somebody had docker end ${name}.1 by SIGKILL`);
    expect(await disturbedBy({ container: null, events: [kill("15"), kill("9"), { Action: "die" }] })).toContain(
      `somebody had docker end ${name}.1 by SIGKILL`,
    );
  });

  test("blames nobody if the Swarm killed it because its health check failed", async () => {
    const unhealthy = { ...died, Status: { ...died.Status, Err: "task: non-zero exit (137): dockerexec: unhealthy container" } };
    expect(await disturbedBy({ task: unhealthy, events: [kill("9"), { Action: "die" }] })).toBeUndefined();
  });

  test("names the failed health check even if the program then exited with 0, so that the task's own error does not", async () => {
    const graceful = { ...died, Status: { Timestamp: iso(9), State: "complete", ContainerStatus: { ContainerID: "c1", ExitCode: 0 } } };
    const ill = { Action: "health_status: unhealthy" };
    const told = await toldOf({ task: graceful, events: [ill, kill("15"), { Action: "die" }] });
    expect(told.disturbed).toBeUndefined();
    expect(told.lines).toContain(`the Swarm ended ${name}.1 because its health check failed`);
    expect(await disturbedBy({ task: graceful, events: [kill("15"), ill, { Action: "die" }] }), "it was being ended already").toContain(
      `somebody had docker end ${name}.1 by SIGTERM`,
    );
  });

  test("blames somebody who killed the container even while the Swarm still lists the task as running", async () => {
    expect(await disturbedBy({ task: taskOf("t", "running", "c1"), events: [kill("15"), { Action: "die" }] })).toContain(
      `somebody had docker end ${name}.1 by SIGTERM`,
    );
  });

  test("blames somebody if a service of a settled stack is gone", async () => {
    const { socket } = await startDaemon((request, answer) => void answer.end((request.url ?? "").includes("/info") ? "{}" : "[]"));
    expect(await gather(socket, look(1, service()))).toEqual({ lines: [], disturbed: "somebody removed hello_app under this run" });
    expect(await gather(socket)).toEqual({ lines: [] });
  });

  test("blames the host, with docker's own message, if docker does not answer", async () => {
    const { socket } = await startDaemon(
      (_, answer) => void answer.writeHead(503).end(JSON.stringify({ message: "This node is not a swarm manager." })),
    );
    expect(await gather(socket)).toMatchObject({
      lines: [],
      disturbed: expect.stringContaining("This node is not a swarm manager") as string,
    });
  });

  test("blames the docker daemon if it was restarted after the container started", async () => {
    expect(await disturbedBy({ daemonSince: 6, events: [] })).toContain(`the docker daemon was started anew at ${iso(6)}`);
  });

  test("does not blame a restarted daemon for a container that never started", async () => {
    expect(await disturbedBy({ container: { StartedAt: "0001-01-01T00:00:00Z" }, daemonSince: 6, events: [] })).toBeUndefined();
  });
});

describe("when a service was changed during the run, the evidence", () => {
  const change = (attributes: object, at = Date.now()) => ({
    Type: "service",
    Action: "update",
    Actor: { Attributes: { name, ...attributes } },
    timeNano: at * 1e6,
  });
  const scaled = { "replicas.old": "1", "replicas.new": "0" };
  const passed = <T>(value: T): Promise<T> => Promise.resolve(value);

  const gathered = async (events: readonly object[], acts = new OwnActs()): Promise<Evidence> => {
    const { socket } = await startDaemon((request, answer) => {
      const path = (request.url ?? "").split("?", 1)[0] ?? "";
      if (path.endsWith("/info")) return void answer.end("{}");
      return void answer.end(path.endsWith("/events") ? events.map((event) => `${JSON.stringify(event)}\n`).join("") : "[]");
    });
    return gather(socket, null, { since: 1, acts });
  };

  test("says what was changed and when, and names no program if none of the run's was running", async () => {
    const at = Date.parse("2026-01-01T00:00:00Z");
    const what = `${name} was scaled from 1 to 0 at 2026-01-01T00:00:00.000Z`;
    expect(await gathered([change(scaled, at)])).toEqual({ lines: [what], changed: { what, isSpec: false, program: null } });
    expect((await gathered([change({ "image.old": "a:1", "image.new": "b:1" }, at)])).changed).toMatchObject({
      what: expect.stringContaining("was given the image b:1") as string,
      isSpec: true,
    });
    expect((await gathered([change({}, at), change({ "updatestate.new": "updating" }, at)])).changed).toMatchObject({
      what: expect.stringContaining(`${name} was updated`) as string,
    });
  });

  test("names the run's program that was running then, and leaves out what the run itself changed", async () => {
    const acts = new OwnActs();
    await acts.during("10-scales", () => passed(null));
    expect((await gathered([change(scaled)], acts)).changed).toMatchObject({ program: "10-scales" });
    expect(
      (await gathered([change(scaled), change({ "image.new": "b:1" }, 1_000)], acts)).changed,
      "of two changes, the one that no program of the run made",
    ).toMatchObject({ program: null });
    const ours = new OwnActs();
    await ours.during(null, () => passed(null));
    expect(await gathered([change(scaled)], ours)).toEqual({ lines: [] });
  });

  test("leaves out rollbacks by the Swarm and changes to other stacks", async () => {
    const rollback = change({ "image.new": "a:1", "updatestate.new": "rollback_started" });
    expect(
      await gathered([rollback, change({ "updatestate.new": "completed" }), change({ ...scaled, name: `${name.slice(0, -5)}2_app` })]),
    ).toEqual({ lines: [] });
  });
});

describe("when the node lacks an image that a task wants, the evidence", () => {
  const refused = { ...taskOf("t", "rejected", ""), Status: { Timestamp: iso(9), State: "rejected", Err: "No such image: hello:1" } };

  const changedWith = async (atHand: readonly string[], ownNodeId = "n"): Promise<Evidence["changed"]> => {
    const { socket } = await startDaemon((request, answer) => {
      const path = (request.url ?? "").split("?", 1)[0] ?? "";
      if (path.endsWith("/info")) return void answer.end(JSON.stringify({ Swarm: { NodeID: ownNodeId } }));
      if (path.endsWith("/services")) return void answer.end(JSON.stringify(services));
      if (path.includes("/images/")) return void answer.end(JSON.stringify({ Id: "i" }));
      if (path.endsWith("/tasks/t")) return void answer.end(JSON.stringify(refused));
      return void answer.end(path.endsWith("/tasks") ? JSON.stringify([refused]) : "[]");
    });
    const engine = engineOn(socket);
    const settings = { engine, hint: "", credentialsFor: () => Promise.resolve(null), onProgress: () => undefined };
    await pullImages(settings)(atHand, new AbortController().signal);
    return (
      await toPromise(createActor(gatherEvidence(engine, new OwnActs(), 700), { input: { app, settled: null, since: null } }).start())
    ).changed;
  };

  test("says that the image was removed if docker had it when the run began", async () => {
    const changed = { what: "docker had hello:1 when the run looked for it, and it was removed since", isSpec: true, program: null };
    expect(await changedWith(["docker.io/library/hello:1@sha256:abc"])).toEqual(changed);
  });

  test("blames nobody if the run did not look for that image, or if the task is on another node", async () => {
    expect(await changedWith(["hello"])).toBeUndefined();
    expect(await changedWith(["hello:1"], "m")).toBeUndefined();
  });
});
