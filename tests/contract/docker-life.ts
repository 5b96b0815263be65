import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Chapter } from "./expectation.js";
import { expectDone, expectRefused } from "./expect-said.js";
import type { ContractWorld, Said } from "./world.js";

const format = ["--format", "{{json .}}"] as const;

interface Shape {
  readonly image?: string;
  readonly greeting?: string;
  /** How long an updated task is watched. */
  readonly monitor?: string;
}

const compose = (
  { stack }: ContractWorld,
  { image = "local/echo-app:1.0.0", greeting = "one", monitor = "500ms" }: Shape,
): string => `version: "3.8"
services:
  app:
    image: ${image}
    environment:
      GREETING: ${greeting}
    ports:
      - target: 8080
        mode: host
    volumes: ["data:/data"]
    secrets: [token]
    configs:
      - source: conf
        target: /etc/contract.conf
    stop_grace_period: 1s
    deploy:
      endpoint_mode: dnsrr
      labels: ["contract.kind=life", "contract.list=a,b"]
      restart_policy: {condition: any, delay: 200ms}
      update_config: {order: stop-first, monitor: ${monitor}}
volumes: {data: {}}
secrets: {token: {external: true, name: ${stack}_token_v1}}
configs: {conf: {file: ./life.conf, name: ${stack}_conf_v1}}
`;

const deploy = async (world: ContractWorld, shape: Shape = {}): Promise<Said> => {
  const file = join(world.dir, "life.yml");
  writeFileSync(file, compose(world, shape));
  return world.docker("stack", "deploy", "-c", file, world.stack);
};

const app = ({ stack }: ContractWorld): string => `${stack}_app`;

const tasks = (world: ContractWorld): Promise<readonly Record<string, string>[]> =>
  world.list("service", "ps", "--no-trunc", ...format, app(world));

const containers = async (world: ContractWorld): Promise<readonly Record<string, string>[]> =>
  world.list("container", "ls", "--all", "--no-trunc", "--filter", `label=com.docker.swarm.service.name=${app(world)}`, ...format);

interface Inspected {
  readonly Spec: { readonly Name: string; readonly Labels: Readonly<Record<string, string>> };
  readonly UpdateStatus?: { readonly State: string; readonly StartedAt: string };
}

const service = async (world: ContractWorld): Promise<Inspected> => {
  const [found] = JSON.parse((await world.docker("service", "inspect", app(world))).stdout) as [Inspected];
  return found;
};

const up = (world: ContractWorld): Promise<void> => world.until("the service to run", () => world.running("app"));

const noneOf = (world: ContractWorld, kind: string) => async (): Promise<boolean> =>
  !(await world.objects()).some((object) => object.startsWith(`${kind} `));

/** One stack from its first deploy to nothing, with what goes wrong on the way. Measured on engine 20.10.24, client 28.2.2. */
export const dockerLife: Chapter = {
  title: "a stack's life under docker",
  rows: [
    {
      title: "a stack whose external secret is not there is refused",
      mark: "E",
      check: async (world) => {
        writeFileSync(join(world.dir, "life.conf"), "one\n");
        expectRefused(await deploy(world), /secret not found: \S+_token_v1/);
      },
    },
    {
      title: "stack deploy returns before the service runs, and the service comes up by itself",
      mark: "E",
      check: async (world) => {
        await world.dockerWith({ input: "the-token" }, "secret", "create", `${world.stack}_token_v1`, "-");
        expectDone(await deploy(world));
        await up(world);
      },
    },
    {
      title: "every listing has the stack's objects, by name, with the stack's label on all but service and secret",
      mark: "E",
      check: async (world) => {
        const label = `com.docker.stack.namespace=${world.stack}`;
        const row = async (name: string, ...args: readonly string[]) =>
          (await world.list(...args, ...format)).find(({ Name, Names }) => (Name ?? Names ?? "").startsWith(name));
        expect(await row(app(world), "service", "ls")).toEqual(
          expect.objectContaining({ Mode: "replicated", Replicas: "1/1", Image: "local/echo-app:1.0.0" }),
        );
        expect((await row(`${app(world)}.1.`, "container", "ls", "--all", "--no-trunc"))?.["Labels"]).toContain(label);
        expect(await row(`${world.stack}_data`, "volume", "ls")).toEqual(expect.objectContaining({ Labels: label, Driver: "local" }));
        expect(await row(`${world.stack}_token_v1`, "secret", "ls")).toEqual(expect.objectContaining({ Labels: "" }));
        expect(await row(`${world.stack}_conf_v1`, "config", "ls")).toEqual(expect.objectContaining({ Labels: label }));
        expect(await row(`${world.stack}_default`, "network", "ls")).toEqual(expect.objectContaining({ Labels: label, Driver: "overlay" }));
        expect(await row(world.stack, "stack", "ls")).toEqual(expect.objectContaining({ Name: world.stack, Services: "1" }));
      },
    },
    {
      title: "a container's id is cut to 12 characters unless --no-trunc is given, and either one inspects",
      mark: "E",
      check: async (world) => {
        const [long] = await containers(world);
        const rows = await world.list("ps", ...format);
        const short = rows.find(({ Names }) => Names === long?.["Names"]);
        expect(short?.["ID"]).toBe(long?.["ID"]?.slice(0, 12));
        expect((await world.docker("container", "inspect", short?.["ID"] ?? "")).code).toBe(0);
      },
    },
    {
      title: "a service's labels are read by inspect, commas and all; a service that was never updated has no UpdateStatus",
      mark: "E",
      check: async (world) => {
        const { Spec, UpdateStatus } = await service(world);
        expect(Spec.Labels).toEqual(
          expect.objectContaining({ "contract.kind": "life", "contract.list": "a,b", "com.docker.stack.namespace": world.stack }),
        );
        expect(UpdateStatus).toBeUndefined();
      },
    },
    {
      title: "a running task says so, and wants to go on",
      mark: "E",
      check: async (world) => {
        const [task] = await tasks(world);
        expect(task).toEqual(expect.objectContaining({ Name: `${app(world)}.1`, DesiredState: "Running", Error: "" }));
        expect(task?.["CurrentState"]).toMatch(/^Running /);
      },
    },
    {
      title: "a port in host mode without a published one gets a free port, and the app answers there",
      mark: "E",
      check: async (world) => {
        const [row] = await containers(world);
        const [found] = JSON.parse((await world.docker("container", "inspect", row?.["ID"] ?? "")).stdout) as [
          { NetworkSettings: { Ports: Record<string, { HostPort: string }[]> } },
        ];
        const port = found.NetworkSettings.Ports["8080/tcp"]?.[0]?.HostPort;
        expect(Number(port)).toBeGreaterThan(1024);
        await world.until("the app to answer", async () => {
          const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
          await answer?.body?.cancel();
          return answer !== null && answer.status < 500;
        });
      },
    },
    {
      title: "service logs has what the task printed",
      mark: "E",
      check: async (world) => {
        await world.until(
          "a line in the log",
          async () => (await world.docker("service", "logs", "--raw", "--tail", "5", app(world))).stdout.trim() !== "",
        );
      },
    },
    {
      title: "a volume in use is not removed, and the refusal names the containers",
      mark: "E",
      check: async (world) => {
        const [row] = await containers(world);
        expectRefused(await world.docker("volume", "rm", `${world.stack}_data`), new RegExp(`volume is in use - \\[.*${row?.["ID"]}`));
      },
    },
    {
      title: "secret, config and network in use are not removed, and the refusals name the service",
      mark: "E",
      check: async (world) => {
        expectRefused(
          await world.docker("secret", "rm", `${world.stack}_token_v1`),
          new RegExp(`secret '\\S+' is in use by the following service: ${app(world)}`),
        );
        expectRefused(
          await world.docker("config", "rm", `${world.stack}_conf_v1`),
          new RegExp(`config '\\S+' is in use by the following service: ${app(world)}`),
        );
        expectRefused(await world.docker("network", "rm", `${world.stack}_default`), /is in use by service/);
      },
    },
    {
      title: "a config with other content under its old name is refused",
      mark: "E",
      check: async (world) => {
        writeFileSync(join(world.dir, "life.conf"), "two\n");
        const said = await deploy(world);
        writeFileSync(join(world.dir, "life.conf"), "one\n");
        expectRefused(said, /failed to update config \S+_conf_v1: .*only updates to Labels are allowed/);
      },
    },
    {
      title: "deploying the same again updates nothing",
      mark: "E",
      check: async (world) => {
        const [before] = await tasks(world);
        expectDone(await deploy(world));
        const [after] = await tasks(world);
        expect(after?.["ID"]).toBe(before?.["ID"]);
      },
    },
    {
      title: "deploying a change is a rolling update: the old task is shut down, a new one runs, UpdateStatus ends as completed",
      mark: "E",
      check: async (world) => {
        const [before] = await tasks(world);
        expectDone(await deploy(world, { greeting: "two" }));
        expect((await service(world)).UpdateStatus?.State).toMatch(/^(updating|completed)$/);
        await world.until("the update to end", async () => (await service(world)).UpdateStatus?.State === "completed");
        const now = await tasks(world);
        expect(now.find(({ ID }) => ID === before?.["ID"])).toEqual(expect.objectContaining({ DesiredState: "Shutdown" }));
        expect(now.find(({ DesiredState }) => DesiredState === "Running")?.["ID"]).not.toBe(before?.["ID"]);
      },
    },
    {
      title: "the old task's container stays, exited, after an update",
      mark: "E",
      check: async (world) => {
        const states = (await containers(world)).map(({ State }) => State);
        expect(states.toSorted()).toEqual(["exited", "running"]);
      },
    },
    {
      title: "a container removed by force is replaced by its service",
      mark: "E",
      check: async (world) => {
        const running = (await containers(world)).find(({ State }) => State === "running")?.["ID"] ?? "";
        expectDone(await world.docker("container", "rm", "--force", running));
        await world.until("another container to run", async () =>
          (await containers(world)).some(({ ID, State }) => State === "running" && ID !== running),
        );
      },
    },
    {
      title: "an update to an image that exits at once is paused, and its tasks say why they failed",
      mark: "E",
      check: async (world) => {
        await up(world);
        // A busy machine takes its time until the image exits, and what exits after the watch pauses nothing.
        expectDone(await deploy(world, { image: "local/notes-broken:1.0.0", monitor: "30s" }));
        await world.until("the update to pause", async () => (await service(world)).UpdateStatus?.State === "paused");
        const failed = (await tasks(world)).filter(({ CurrentState }) => CurrentState?.startsWith("Failed "));
        expect(failed[0]?.["Error"]).toMatch(/task: non-zero exit \(\d+\)/);
      },
    },
    {
      title: "stack rm takes services and configs at once; containers, and with them network and volume, stay for a while",
      mark: "E",
      check: async (world) => {
        expectDone(await deploy(world, { greeting: "three" }));
        await up(world);
        const said = await world.docker("stack", "rm", world.stack);
        // The Engine's services are gone before it has told their tasks: asked for the network between the two, it refuses.
        if (said.code !== 0) expectRefused(said, /Failed to remove network .* is in use by task/);
        const left = await world.objects();
        expect(left.filter((object) => /^(service|config) /.test(object))).toEqual([]);
        expect(left.some((object) => object.startsWith("container "))).toBe(true);
        expectRefused(await world.docker("volume", "rm", `${world.stack}_data`), /volume is in use/);
      },
    },
    {
      title: "deploying into a stack that is still going down fails for its network, and leaves what it had made",
      mark: "E",
      check: async (world) => {
        expectRefused(
          await deploy(world, { greeting: "four" }),
          /failed to create service \S+_app: Error response from daemon: network \S+_default not found/,
        );
        expect(await world.objects()).toContain(`config ${world.stack}_conf_v1`);
      },
    },
    {
      title: "stack rm of that half-made stack still removes its configs",
      mark: "E",
      check: async (world) => {
        await world.docker("stack", "rm", world.stack);
        await world.until("containers to be gone", noneOf(world, "container"));
        await world.until("the network to be gone", noneOf(world, "network"));
        expect(await noneOf(world, "config")()).toBe(true);
      },
    },
    {
      title: "the volume goes once no container is left, and the secret only by its own removal",
      mark: "E",
      check: async (world) => {
        expect((await world.objects()).toSorted()).toEqual([`secret ${world.stack}_token_v1`, `volume ${world.stack}_data`]);
        expectDone(await world.docker("volume", "rm", `${world.stack}_data`));
        expectDone(await world.docker("secret", "rm", `${world.stack}_token_v1`));
        expect(await world.objects()).toEqual([]);
        expect(readFileSync(join(world.dir, "life.conf"), "utf8")).toBe("one\n");
      },
    },
  ],
};
