import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { ask, expectRefusal } from "./engine-call.js";
import { expectDone } from "./expect-said.js";
import { NotExamined, type Chapter } from "./expectation.js";
import type { ContractWorld } from "./world.js";

/** A service that is tried once, by what it has beside its image. */
const service = (name: string, keys: string, deploy = "", policy = "none"): string => {
  const image = keys.includes("image:") ? "" : "image: local/echo-app:1.0.0, ";
  return `  ${name}: {${image}stop_grace_period: 1s, deploy: {endpoint_mode: dnsrr, restart_policy: {condition: ${policy}}${deploy === "" ? "" : `, ${deploy}`}}${keys === "" ? "" : `, ${keys}`}}\n`;
};

/** What no node makes a container of, and what it makes one of that does not start. Measured on engine 20.10.24. */
const refused: Readonly<Record<string, readonly [keys: string, state: "rejected" | "failed", words: RegExp, deploy?: string]>> = {
  user: ["user: nobody-such", "failed", /unable to find user nobody-such/],
  root: ["user: root", "failed", /unable to find user root/],
  group: ['user: "0:no-such"', "failed", /unable to find group no-such/],
  range: ['user: "-1"', "failed", /uids and gids must be in range/],
  signal: ["stop_signal: SIGFOO", "rejected", /invalid signal: SIGFOO/i],
  zero: ['stop_signal: "0"', "rejected", /invalid signal: 0/i],
  mount: ['volumes: ["data:relative"]', "rejected", /must be an absolute path: relative/],
  whole: ['volumes: ["data:/"]', "rejected", /destination can't be '\/'/],
  twice: ['volumes: ["data:/a/../b", "data:/b/"]', "rejected", /duplicate mount point: \/b/i],
  volume: ['volumes: ["odd:/b"]', "rejected", /includes invalid characters for a local volume name/],
  folder: ["working_dir: relative", "rejected", /'relative' is invalid, it needs to be an absolute path/],
  file: ["working_dir: /bin/node", "rejected", /not a directory/],
  variable: ['environment: ["=x"]', "rejected", /invalid environment variable: =x/],
  capability: ["cap_add: [BOGUS]", "rejected", /unknown capability: "CAP_BOGUS"/],
  host: ['extra_hosts: ["a:no-address"]', "rejected", /invalid IP address in add-host: "no-address"/],
  hostname: [`hostname: ${"h".repeat(65)}`, "failed", /sethostname: invalid argument/],
  owner: ['configs: [{source: conf, uid: "x"}]', "failed", /parsing "x": invalid syntax/],
  nothing: ['entrypoint: [""]', "rejected", /no command specified/i],
  program: ["command: [no-such-program]", "failed", /exec: "no-such-program": executable file not found in \$PATH/],
  shell: ["command: [sh, -c, exit 0]", "failed", /exec: "sh": executable file not found in \$PATH/],
  path: ["command: [/bin/no-such]", "failed", /no such file or directory/],
  elsewhere: ['environment: ["PATH=/usr/bin"]', "failed", /exec: "node": executable file not found in \$PATH/],
  moved: ["working_dir: /made/here", "failed", /task: non-zero exit \(1\)/],
  cpus: ["", "rejected", /range of CPUs is from 0\.01 to/i, 'resources: {limits: {cpus: "100000"}}'],
};

/** Those that run, or that do what they are there for. */
const taken: Readonly<Record<string, readonly [keys: string, state: "running" | "complete"]>> = {
  plain: ["entrypoint: [], command: []", "running"],
  number: ['user: "0:0", hostname: any_name', "running"],
  words: ['entrypoint: [""], command: [node, app.js]', "running"],
  made: ["working_dir: /data/made, command: [node, -e, \"process.exit(process.cwd().endsWith('/data/made') ? 0 : 1)\"]", "complete"],
  shelled: ['image: local/guestbook-db:1.0.0, command: [/bin/sh, -c, "exit 0"]', "complete"],
};

/**
 * A config of everything that a node fills in, a variable that was filled in itself among it. Whoever reads it has in WANT what it must
 * come to.
 */
const template =
  '{{ env "HI" }} {{ secret "word" }} {{ config "/other" }} {{ env "ME" }} {{ index .Service.Labels "contract.word" }} {{ .Service.Name }}.{{ .Task.Slot }}';
const reader =
  "const {readFileSync: read} = require('fs'), {env} = process, at = env.SANDBOX_ROOTFS || ''; process.exit(read(at + '/filled', 'utf8') === env.WANT && read(at + '/plain', 'utf8') === env.PLAIN && read(at + '/run/secrets/slip', 'utf8') === 'slip 1' && env.ME === env.HOSTNAME && env.HOSTNAME === 'h-1' ? 0 : 1)";

const templated = (stack: string): string =>
  service(
    "templated",
    `hostname: "h-{{.Task.Slot}}", command: [node, -e, "${reader}"], volumes: ["slot:/slot"], secrets: [word, slip], configs: [{source: filled, target: /filled}, {source: plain, target: /plain}, {source: conf, target: /other}], ` +
      `environment: {HI: hello, ME: "h-{{.Task.Slot}}", PLAIN: '{{"{{"}} .Service.Name }}', WANT: "hello secret content h-1 labelled ${stack}_templated.1"}`,
    "labels: {contract.word: labelled}",
  );

const compose = (stack: string): string =>
  `version: "3.8"\nservices:\n${Object.entries(refused)
    .map(([name, [keys, , , deploy]]) => service(name, keys, deploy))
    .join("")}` +
  `${Object.entries(taken)
    .map(([name, [keys]]) => service(name, keys))
    .join("")}${templated(stack)}` +
  service("unchecked", "healthcheck: {test: [node, app.js], interval: 1s}") +
  service("shellcheck", 'healthcheck: {test: "exit 0", interval: 500ms, retries: 2}') +
  service("crowded", "", "replicas: 2, placement: {max_replicas_per_node: 1}") +
  service("special", "", "resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: gpu, value: 1}}]}}") +
  `volumes: {data: , odd: {name: "not one"}, slot: {name: "${stack}_slot_{{.Task.Slot}}"}}\nsecrets: {word: {file: ./word.txt}, slip: {file: ./slip.txt, template_driver: golang}}\n` +
  "configs: {conf: {file: ./conf.txt}, plain: {file: ./plain.txt}, filled: {file: ./filled.txt, template_driver: golang}}\n";

interface Task {
  readonly ID: string;
  readonly Status: { readonly State: string; readonly Err?: string; readonly ContainerStatus?: { readonly ContainerID: string } };
}

const tasks = async (world: ContractWorld, name: string): Promise<readonly Task[]> =>
  (await ask(world, "GET", "/tasks", { query: { filters: { service: [`${world.stack}_${name}`] } } })).json as readonly Task[];

/** What was told of a container until now, in order. */
const told = async (world: ContractWorld, container: string, event: readonly string[]): Promise<readonly string[]> => {
  const query = { since: "0", until: String(Date.now() / 1_000), filters: { type: ["container"], container: [container], event } };
  const { bytes } = await ask(world, "GET", "/events", { query });
  return String(bytes)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (JSON.parse(line) as { readonly Action: string }).Action);
};

/** The only task of a service, once it is in this state or has ended otherwise. */
const settled = async (world: ContractWorld, name: string, wanted: string): Promise<Task["Status"]> => {
  let found: readonly Task[] = [];
  await world.until(`${name} to be ${wanted}`, async () => {
    found = await tasks(world, name);
    return found.some(({ Status }) => [wanted, "complete", "failed", "rejected"].includes(Status.State));
  });
  expect(found).toHaveLength(1);
  return found[0]?.Status ?? { State: "none" };
};

const createService = (world: ContractWorld, name: string, more: object, task: object = {}) => {
  const TaskTemplate = { ContainerSpec: { Image: "local/echo-app:1.0.0", StopGracePeriod: 1e9 }, ...task };
  const body = {
    Name: `${world.stack}_${name}`,
    Labels: { "com.docker.stack.namespace": world.stack },
    TaskTemplate,
    Mode: { Replicated: { Replicas: 1 } },
    EndpointSpec: { Mode: "dnsrr" },
    ...more,
  };
  return ask(world, "POST", "/services/create", { body });
};

/** What becomes of a service on its node: of its container, its folder and files, its program, its place. */
export const nodeLife: Chapter = {
  title: "what a node makes of a service",
  rows: [
    {
      title: "what cannot be made of a service its task says, rejected before there is a container and failed where that does not start",
      mark: "E",
      check: async (world) => {
        for (const [name, text] of Object.entries({
          word: "secret",
          slip: "slip {{ .Task.Slot }}",
          conf: "content",
          plain: "{{ .Service.Name }}",
          filled: template,
        }))
          writeFileSync(join(world.dir, `${name}.txt`), text);
        writeFileSync(join(world.dir, "node.yml"), compose(world.stack));
        expectDone(await world.docker("stack", "deploy", "-c", join(world.dir, "node.yml"), world.stack));
        for (const [name, [, State, words]] of Object.entries(refused))
          expect([name, await settled(world, name, State)]).toEqual([
            name,
            expect.objectContaining({ State, Err: expect.stringMatching(words) }),
          ]);
      },
    },
    {
      title:
        "the image's own words count where a service has none; a folder that is not there is made; of programs there are the image's alone",
      mark: "E",
      check: async (world) => {
        for (const [name, [, State]] of Object.entries(taken))
          expect([name, await settled(world, name, State)]).toEqual([name, expect.objectContaining({ State })]);
      },
    },
    {
      title: "templates are filled in, in variables, hostname, the names of volumes, and files that ask for it, for the task that has them",
      mark: "E",
      check: async (world) => {
        expect(await settled(world, "templated", "complete")).toMatchObject({ State: "complete" });
        expect((await ask(world, "GET", `/volumes/${world.stack}_slot_1`)).status).toBe(200);
      },
    },
    {
      title:
        "a check of a form that there is not, or in a shell that the image does not have, is never passed, and events say that it ends the task",
      mark: "E",
      check: async (world) => {
        const { State, Err, ContainerStatus } = await settled(world, "shellcheck", "failed");
        // The app ends with 0 when it is told to.
        expect([State, Err]).toEqual(
          State === "complete" ? ["complete", undefined] : ["failed", expect.stringContaining("unhealthy container")],
        );
        const end = ["health_status: unhealthy", "kill", "die"];
        expect(await told(world, ContainerStatus?.ContainerID ?? "none", end), "why it was ended, before how").toEqual(end);
        expect((await tasks(world, "unchecked")).map(({ Status }) => Status.State)).toEqual(["starting"]);
      },
    },
    {
      title:
        "a task that has no place says why: no more than so many of a service, nothing of a kind that the node does not have, no more memory than there is",
      mark: "E",
      check: async (world) => {
        await world.until("one of two to run", async () =>
          (await tasks(world, "crowded")).some(({ Status }) => Status.State === "running"),
        );
        const places = async (name: string): Promise<readonly (readonly [string, string | undefined])[]> =>
          (await tasks(world, name)).map(({ Status: { State, Err } }) => [State, Err] as const).toSorted();
        expect(await places("crowded")).toEqual([
          ["pending", "no suitable node (max replicas per node limit exceed)"],
          ["running", undefined],
        ]);
        expect(await places("special")).toEqual([["pending", "no suitable node (insufficient resources on 1 node)"]]);
        const [node] = (await ask(world, "GET", "/nodes")).json as readonly {
          readonly Description: { readonly Resources: { readonly MemoryBytes: number } };
        }[];
        const mostOfIt = Math.round((node?.Description.Resources.MemoryBytes ?? 0) * 0.6);
        for (const name of ["first", "second"]) {
          expect((await createService(world, name, {}, { Resources: { Reservations: { MemoryBytes: mostOfIt } } })).status).toBe(201);
          await world.until(`${name} to run or to wait`, async () =>
            (await tasks(world, name)).some(
              ({ Status }) => ["running", "pending"].includes(Status.State) && (Status.State !== "pending" || Status.Err !== undefined),
            ),
          );
        }
        if ((await places("first"))[0]?.[0] === "pending") throw new NotExamined("this Swarm's memory is reserved by others");
        expect(await places("first")).toEqual([["running", undefined]]);
        expect(await places("second")).toEqual([["pending", "no suitable node (insufficient resources on 1 node)"]]);
      },
    },
    {
      title: "a port of the mesh is one service's alone, of its protocol; that of a node is one task's",
      mark: "E",
      check: async (world) => {
        const published = 39_000 + Math.floor(Math.random() * 900);
        const create = (name: string, PublishMode: string, Protocol = "tcp") => {
          const EndpointSpec = {
            Mode: PublishMode === "host" ? "dnsrr" : "vip",
            Ports: [{ TargetPort: 8080, PublishedPort: published, PublishMode, Protocol }],
          };
          return createService(world, name, { EndpointSpec });
        };
        expect((await create("mesh", "ingress")).status).toBe(201);
        expectRefusal(await create("mesh2", "ingress"), [400], /already in use by service '\S+_mesh' \(\S+\) as an ingress port/);
        expectRefusal(await create("beside", "host"), [400], /already in use by service '\S+_mesh' \(\S+\) as an ingress port/);
        expect((await create("udp", "host", "udp")).status).toBe(201);
        await settled(world, "udp", "running");
        expectRefusal(
          await create("udp2", "ingress", "udp"),
          [400],
          /already in use by service '\S+_udp' \(\S+\) as a host-published port/,
        );
        expect((await create("udp3", "host", "udp")).status).toBe(201);
        await world.until("a task to wait", async () =>
          (await tasks(world, "udp3")).some(
            ({ Status: { State, Err } }) => State === "pending" && Err === "no suitable node (host-mode port already in use on 1 node)",
          ),
        );
      },
    },
    {
      title: "a service that is to be found in another way has new tasks, and one that was never updated is not taken back",
      mark: "E",
      check: async (world) => {
        expect((await createService(world, "mode", { EndpointSpec: { Mode: "dnsrr" } })).status).toBe(201);
        await settled(world, "mode", "running");
        const path = `/services/${world.stack}_mode`;
        const { Spec, Version } = (await ask(world, "GET", path)).json as {
          readonly Spec: object;
          readonly Version: { readonly Index: number };
        };
        const update = (query: object, body: object) =>
          ask(world, "POST", `${path}/update`, { query: { version: Version.Index, ...query }, body });
        expectRefusal(await update({ rollback: "previous" }, Spec), [400], /does not have a previous spec/);
        expectRefusal(await update({ rollback: "bogus" }, Spec), [400, 500], /unrecognized rollback option/);
        expect((await update({}, { ...Spec, EndpointSpec: { Mode: "vip" } })).status).toBe(200);
        await world.until("the old task to be shut down", async () =>
          (await tasks(world, "mode")).some(({ Status }) => Status.State === "shutdown"),
        );
      },
    },
  ],
};
