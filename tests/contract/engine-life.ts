import { isDeepStrictEqual } from "node:util";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { firstEntry, tarOf } from "../../src/effects/docker/tar.js";
import { ask, expectRefusal, firstLine, framesOf } from "./engine-call.js";
import { expectDone } from "./expect-said.js";
import type { Chapter } from "./expectation.js";
import type { ContractWorld } from "./world.js";

const compose = (stack: string): string => `version: "3.9"
services:
  app:
    image: local/echo-app:1.0.0
    environment: [GREETING=one]
    ports: [{target: 8080, mode: host}]
    volumes: ["data:/data"]
    secrets: [token]
    stop_grace_period: 1s
    healthcheck: {test: ["CMD", "node", "app.js", "--health"], interval: 1s}
    deploy:
      endpoint_mode: dnsrr
      labels: ["contract.list=a,b"]
      update_config: {order: stop-first, monitor: 500ms}
  fails:
    image: local/echo-app:1.0.0
    entrypoint: node -e
    command: ["process.exit(7)"]
    deploy: {endpoint_mode: dnsrr, restart_policy: {condition: on-failure, delay: 100ms, max_attempts: 1}}
  nowhere:
    image: local/echo-app:1.0.0
    deploy: {endpoint_mode: dnsrr, placement: {constraints: ["node.labels.none == such"]}}
  everywhere:
    image: local/echo-app:1.0.0
    stop_grace_period: 1s
    deploy: {mode: global, endpoint_mode: dnsrr}
  none:
    image: local/echo-app:1.0.0
    deploy: {replicas: 0, endpoint_mode: dnsrr}
volumes: {data: {}}
secrets: {token: {file: ./token.txt, name: ${stack}_token_v1}}
`;

/**
 * Debian 12's client cannot deploy a job with a stack, as its Engine can: so it is made as that client would make any service of the stack.
 */
const jobOf = (stack: string): object => {
  const Labels = { "com.docker.stack.namespace": stack };
  return {
    Name: `${stack}_job`,
    Labels,
    TaskTemplate: {
      ContainerSpec: {
        Image: "local/echo-app:1.0.0",
        Labels,
        Args: ["node", "-e", "console.log('to stdout'); console.error('to stderr')"],
      },
    },
    Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } },
    EndpointSpec: { Mode: "dnsrr" },
  };
};

interface Service {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly Spec: { readonly Name: string; readonly TaskTemplate: { readonly ContainerSpec: { readonly Env?: readonly string[] } } };
  readonly UpdateStatus?: { readonly State: string };
  readonly ServiceStatus?: object;
}

interface Task {
  readonly ID: string;
  readonly ServiceID: string;
  readonly DesiredState: string;
  readonly Status: {
    readonly State: string;
    readonly Err?: string;
    readonly ContainerStatus?: { readonly ContainerID: string; readonly ExitCode: number };
  };
}

interface Container {
  readonly Id: string;
  readonly Labels: Readonly<Record<string, string>>;
}

const ofStack = ({ stack }: ContractWorld) => ({ label: [`com.docker.stack.namespace=${stack}`] });

const services = async (world: ContractWorld): Promise<readonly Service[]> =>
  (await ask(world, "GET", "/services", { query: { status: true, filters: ofStack(world) } })).json as readonly Service[];

const service = async (world: ContractWorld, name: string): Promise<Service> => {
  const found = (await services(world)).find(({ Spec }) => Spec.Name === `${world.stack}_${name}`);
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
};

const tasks = async (world: ContractWorld, name: string): Promise<readonly Task[]> =>
  (await ask(world, "GET", "/tasks", { query: { filters: { service: [`${world.stack}_${name}`] } } })).json as readonly Task[];

const isIn = (world: ContractWorld, name: string, state: string) => async (): Promise<boolean> =>
  (await tasks(world, name)).some(({ Status }) => Status.State === state);

const container = async (world: ContractWorld): Promise<string> => {
  const filters = { label: [`com.docker.swarm.service.name=${world.stack}_app`] };
  const [found] = (await ask(world, "GET", "/containers/json", { query: { filters } })).json as readonly { Id: string }[];
  return found?.Id ?? "";
};

type Frames = ReturnType<typeof framesOf>;

/** Docker 29 now and then loses what a quick program has said: recipe-ci goes by exit codes alone. */
const expectFrames = (frames: Frames, wanted: Frames): void =>
  expect(frames.filter((frame) => !wanted.some((one) => isDeepStrictEqual(one, frame)))).toEqual([]);

/** One stack with a service of each kind, as its objects, tasks and containers are told over the API. Measured on engine 20.10.24. */
export const engineLife: Chapter = {
  title: "a stack's life over the Engine's API",
  rows: [
    {
      title:
        "services of every kind are listed by their stack's label, labels with commas whole, with how many tasks run, are wanted and are done",
      mark: "E",
      check: async (world) => {
        writeFileSync(join(world.dir, "token.txt"), "token\n");
        writeFileSync(join(world.dir, "api.yml"), compose(world.stack));
        expectDone(await world.docker("stack", "deploy", "-c", join(world.dir, "api.yml"), world.stack));
        expect((await ask(world, "POST", "/services/create", { body: jobOf(world.stack) })).status).toBe(201);
        await world.until("the app to run", isIn(world, "app", "running"));
        await world.until("the global one to run", isIn(world, "everywhere", "running"));
        await world.until("the job to be done", isIn(world, "job", "complete"));
        const counted = Object.fromEntries(
          (await services(world)).map(({ Spec, ServiceStatus }) => [Spec.Name.slice(world.stack.length + 1), ServiceStatus]),
        );
        expect(counted).toEqual({
          app: { RunningTasks: 1, DesiredTasks: 1, CompletedTasks: 0 },
          job: { RunningTasks: 0, DesiredTasks: 1, CompletedTasks: 1 },
          fails: expect.objectContaining({ DesiredTasks: 1 }),
          nowhere: { RunningTasks: 0, DesiredTasks: 1, CompletedTasks: 0 },
          everywhere: { RunningTasks: 1, DesiredTasks: 1, CompletedTasks: 0 },
          none: { RunningTasks: 0, DesiredTasks: 0, CompletedTasks: 0 },
        });
        expect(await service(world, "app")).toMatchObject({
          Spec: {
            Labels: { "contract.list": "a,b" },
            Mode: { Replicated: { Replicas: 1 } },
            TaskTemplate: { ContainerSpec: { Healthcheck: { Interval: 1_000_000_000 }, StopGracePeriod: 1_000_000_000 } },
          },
          Endpoint: { Ports: [{ TargetPort: 8080, PublishMode: "host" }] },
        });
        expect(await service(world, "job")).toMatchObject({
          Spec: { Mode: { ReplicatedJob: { TotalCompletions: 1 } } },
          JobStatus: { JobIteration: expect.any(Object) },
        });
      },
    },
    {
      title: "a task tells its state, since when, in which container, and where it runs",
      mark: "E",
      check: async (world) => {
        expect((await tasks(world, "app"))[0]).toMatchObject({
          Slot: 1,
          NodeID: expect.any(String),
          DesiredState: "running",
          Spec: { ContainerSpec: { Image: expect.stringContaining("local/echo-app:1.0.0") } },
          Status: {
            State: "running",
            Timestamp: expect.stringMatching(/^\d{4}-/),
            ContainerStatus: { ContainerID: await container(world), ExitCode: 0 },
          },
        });
        const all = (await ask(world, "GET", "/tasks", { query: { filters: ofStack(world) } })).json as readonly Task[];
        expect(new Set(all.map(({ ServiceID }) => ServiceID)).size).toBe(5);
      },
    },
    {
      title: "a job's task is complete and was meant to be; one that finds no node is pending and says why; one that fails has its code",
      mark: "E",
      check: async (world) => {
        expect((await tasks(world, "job"))[0]).toMatchObject({
          DesiredState: "complete",
          Status: { State: "complete", ContainerStatus: { ExitCode: 0 } },
          JobIteration: expect.any(Object),
        });
        await world.until("nothing to be found for it", isIn(world, "nowhere", "pending"));
        expect((await tasks(world, "nowhere"))[0]?.Status.Err).toBe("no suitable node (scheduling constraints not satisfied on 1 node)");
        await world.until(
          "both attempts to fail",
          async () =>
            (await tasks(world, "fails")).filter(({ DesiredState, Status }) => Status.State === "failed" && DesiredState === "shutdown")
              .length === 2,
        );
        expect((await tasks(world, "fails"))[0]).toMatchObject({
          DesiredState: "shutdown",
          Status: { Err: "task: non-zero exit (7)", ContainerStatus: { ExitCode: 7 } },
        });
      },
    },
    {
      title: "a log carries both streams in frames, the last lines only when asked for; no stream at all is refused",
      mark: "E",
      check: async (world) => {
        const name = `${world.stack}_job`;
        const query = { stdout: 1, stderr: 1 };
        const frames = framesOf((await ask(world, "GET", `/services/${name}/logs`, { query })).bytes);
        expect(frames.toSorted(([one], [other]) => one - other)).toEqual([
          [1, "to stdout\n"],
          [2, "to stderr\n"],
        ]);
        expect(framesOf((await ask(world, "GET", `/services/${name}/logs`, { query: { ...query, tail: 1 } })).bytes)).toHaveLength(1);
        const [task] = await tasks(world, "job");
        expect(framesOf((await ask(world, "GET", `/tasks/${task?.ID ?? ""}/logs`, { query: { stderr: 1 } })).bytes)).toEqual([
          [2, "to stderr\n"],
        ]);
        expectRefusal(await ask(world, "GET", `/services/${name}/logs`), [400, 500], /at least one stream/);
      },
    },
    {
      title: "a container tells its state, health, port, volume and task; its bridge has its address",
      mark: "E",
      check: async (world) => {
        const id = await container(world);
        const { json } = await ask(world, "GET", `/containers/${id}/json`);
        expect(json).toMatchObject({
          Id: id,
          State: { Status: "running", Running: true, ExitCode: 0, Health: { Status: "healthy" } },
          Mounts: [{ Type: "volume", Name: `${world.stack}_data`, Destination: "/data" }],
          NetworkSettings: {
            Ports: { "8080/tcp": expect.arrayContaining([expect.objectContaining({ HostPort: expect.stringMatching(/^\d+$/) })]) },
          },
        });
        const bridge = (await ask(world, "GET", "/networks/docker_gwbridge")).json as {
          Containers: Record<string, { IPv4Address: string }>;
        };
        expect(bridge.Containers[id]?.IPv4Address).toMatch(/^\d+\.\d+\.\d+\.\d+\/\d+$/);
      },
    },
    {
      title: "a program started in a container has its exit code afterwards; what output there is comes in frames",
      mark: "E",
      check: async (world) => {
        const body = {
          Cmd: ["node", "-e", "console.log(process.env.GREETING); console.error('bad'); process.exit(3)"],
          AttachStdout: true,
          AttachStderr: true,
        };
        const made = await ask(world, "POST", `/containers/${await container(world)}/exec`, { body });
        expect(made.status).toBe(201);
        const { Id } = made.json as { Id: string };
        const frames = framesOf((await ask(world, "POST", `/exec/${Id}/start`, { body: { Detach: false, Tty: false } })).bytes);
        expectFrames(frames, [
          [1, "one\n"],
          [2, "bad\n"],
        ]);
        expect((await ask(world, "GET", `/exec/${Id}/json`)).json).toMatchObject({ Running: false, ExitCode: 3 });
      },
    },
    {
      title: "a program runs in the folder that is named, and one that the image does not have is refused, or ends with 126 or 127",
      mark: "E",
      check: async (world) => {
        const start = async (Cmd: readonly string[]): Promise<readonly [number, Frames, number | null]> => {
          const made = await ask(world, "POST", `/containers/${await container(world)}/exec`, {
            body: { Cmd, WorkingDir: "/data", User: "0", AttachStdout: true, AttachStderr: true },
          });
          const { Id } = made.json as { Id: string };
          const started = await ask(world, "POST", `/exec/${Id}/start`, { body: { Detach: false, Tty: false } });
          const { ExitCode } = (await ask(world, "GET", `/exec/${Id}/json`)).json as { ExitCode: number | null };
          return [started.status, framesOf(started.bytes), ExitCode];
        };
        const [ok, frames, done] = await start([
          "node",
          "-e",
          "require('fs').writeFileSync('by-exec', 'x'); console.log(process.cwd().endsWith('/data') || process.cwd().includes('_data'))",
        ]);
        expect([ok, done]).toEqual([200, 0]);
        expectFrames(frames, [[1, "true\n"]]);
        const [status, , exitCode] = await start(["no-such-program"]);
        expect(status === 400 || exitCode === 126 || exitCode === 127).toBe(true);
      },
    },
    {
      title:
        "files are put into a container as an archive, under their owner and mode, and come back as one; a folder comes first, with its owner",
      mark: "E",
      check: async (world) => {
        const path = `/containers/${await container(world)}/archive`;
        const { uid, gid } = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
        const body = tarOf([{ name: "by-archive", content: "marked\n", uid, gid, mode: 0o644 }]);
        expect((await ask(world, "PUT", path, { query: { path: "/data" }, body })).status).toBe(200);
        const file = await ask(world, "GET", path, { query: { path: "/data/by-archive" } });
        expect(firstEntry(file.bytes, 100)).toMatchObject({ kind: "file", size: 7, content: Buffer.from("marked\n") });
        expect(firstEntry((await ask(world, "GET", path, { query: { path: "/data" } })).bytes, 0)).toMatchObject({ kind: "directory" });
      },
    },
    {
      title: "a path that is not there, in a container or with no container, is 404; files into a file are refused",
      mark: "E",
      check: async (world) => {
        const path = `/containers/${await container(world)}/archive`;
        expectRefusal(await ask(world, "GET", path, { query: { path: "/data/no-such-file" } }), [404], /./);
        expectRefusal(
          await ask(world, "GET", "/containers/no-such-container/archive", { query: { path: "/data" } }),
          [404],
          /No such container/,
        );
        // The API's own page has 400; an Engine of 20.10 answers 500.
        expectRefusal(await ask(world, "PUT", path, { query: { path: "/data/by-archive" }, body: tarOf([]) }), [400, 500], /./);
      },
    },
    {
      title: "what is in use is not removed: a running container and its volume 409, a service's secret and network 400 or 403",
      mark: "E",
      check: async (world) => {
        const id = await container(world);
        expectRefusal(await ask(world, "DELETE", `/containers/${id}`), [409], /running/);
        expectRefusal(await ask(world, "DELETE", `/volumes/${world.stack}_data`), [409], new RegExp(`volume is in use - \\[${id}`));
        expectRefusal(await ask(world, "DELETE", `/secrets/${world.stack}_token_v1`), [400, 409], /in use by the following service/);
        expectRefusal(await ask(world, "DELETE", `/networks/${world.stack}_default`), [400, 403, 409], /in use by service/);
      },
    },
    {
      title: "an update wants the version that it is based on; then the tasks are replaced, and the former spec is kept",
      mark: "E",
      check: async (world) => {
        const before = await service(world, "app");
        const [old] = await tasks(world, "app");
        const { ContainerSpec } = before.Spec.TaskTemplate;
        const body = {
          ...before.Spec,
          TaskTemplate: { ...before.Spec.TaskTemplate, ContainerSpec: { ...ContainerSpec, Env: ["GREETING=two"] } },
        };
        expectRefusal(
          await ask(world, "POST", `/services/${before.ID}/update`, { query: { version: 1 }, body }),
          [400, 500],
          /update out of sequence/,
        );
        expect((await ask(world, "POST", `/services/${before.ID}/update`, { query: { version: before.Version.Index }, body })).status).toBe(
          200,
        );
        await world.until("the update to end", async () => (await service(world, "app")).UpdateStatus?.State === "completed");
        expect(await service(world, "app")).toMatchObject({
          PreviousSpec: { TaskTemplate: { ContainerSpec: { Env: ["GREETING=one"] } } },
          UpdateStatus: { StartedAt: expect.any(String), CompletedAt: expect.any(String), Message: "update completed" },
        });
        expect((await tasks(world, "app")).find(({ ID }) => ID === old?.ID)).toMatchObject({
          DesiredState: "shutdown",
          Status: { State: "shutdown" },
        });
      },
    },
    {
      title:
        "a container is stopped and killed, told of by events with the signal, and 304 when it is stopped already; its service starts another",
      mark: "E",
      check: async (world) => {
        await world.until("a container to run", async () => (await container(world)) !== "");
        const id = await container(world);
        const event = await firstLine(
          world,
          "/events",
          { query: { filters: { type: ["container"], event: ["die"], container: [id] } } },
          (line) => line !== undefined,
          () => ask(world, "POST", `/containers/${id}/stop`),
        );
        expect(event).toMatchObject({
          Type: "container",
          Action: "die",
          Actor: { ID: id, Attributes: { "com.docker.swarm.service.name": `${world.stack}_app` } },
        });
        expect((await ask(world, "POST", `/containers/${id}/stop`)).status).toBe(304);
        expectRefusal(await ask(world, "POST", `/containers/${id}/kill`), [409], /is not running/);
        await world.until("another container to run", async () => !["", id].includes(await container(world)));
        const next = await container(world);
        for (const signal of ["999", "32"])
          expectRefusal(
            await ask(world, "POST", `/containers/${next}/kill`, { query: { signal } }),
            [500],
            new RegExp(`Cannot kill container: ${next}: The linux daemon does not support signal ${signal}`),
          );
        const kill = await firstLine(
          world,
          "/events",
          { query: { filters: { type: ["container"], event: ["kill"], container: [next] } } },
          (line) => line !== undefined,
          () => ask(world, "POST", `/containers/${next}/kill`),
        );
        expect(kill).toMatchObject({ Action: "kill", Actor: { ID: next, Attributes: { signal: "9" } } });
        await world.until("a third container to run", async () => !["", id, next].includes(await container(world)));
        expect((await ask(world, "DELETE", `/containers/${await container(world)}`, { query: { force: true, v: true } })).status).toBe(204);
      },
    },
    {
      title: "a removed service is off the list at once; its containers go, but that of a job which was done may stay until it is removed",
      mark: "E",
      check: async (world) => {
        for (const { ID } of await services(world)) expect((await ask(world, "DELETE", `/services/${ID}`)).status).toBe(200);
        expect(await services(world)).toEqual([]);
        const left = async (): Promise<readonly Container[]> =>
          (await ask(world, "GET", "/containers/json", { query: { all: true, filters: ofStack(world) } })).json as readonly Container[];
        const isOfJob = ({ Labels }: Container): boolean => Labels["com.docker.swarm.service.name"] === `${world.stack}_job`;
        await world.until("the others to be gone", async () => (await left()).every(isOfJob), 75_000);
        // It stays with 20.10, and goes with 26 and newer.
        for (const job of await left()) {
          expect(job).toMatchObject({ State: "exited" });
          expect([204, 404]).toContain((await ask(world, "DELETE", `/containers/${job.Id}`, { query: { v: true } })).status);
        }
        expect((await ask(world, "DELETE", `/networks/${world.stack}_default`)).status).toBe(204);
        expect((await ask(world, "DELETE", `/volumes/${world.stack}_data`)).status).toBe(204);
        expect((await ask(world, "DELETE", `/secrets/${world.stack}_token_v1`)).status).toBe(204);
      },
    },
  ],
};
