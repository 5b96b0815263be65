import { expect } from "vitest";
import { ask, expectRefusal, firstLine, type Asked } from "./engine-call.js";
import type { Chapter, Expectation } from "./expectation.js";
import type { ContractWorld } from "./world.js";

type Call = readonly ["GET" | "POST" | "DELETE", string, Asked?];

/** What is not there, by each call that recipe-ci makes about one thing. Measured on engine 20.10.24. */
const unknowns: readonly (readonly [Call, RegExp])[] = [
  [["GET", "/services/none-such"], /service none-such not found/],
  [["DELETE", "/services/none-such"], /service none-such not found/],
  [["GET", "/services/none-such/logs", { query: { stdout: 1 } }], /service none-such not found/],
  [["GET", "/tasks", { query: { filters: { service: ["none-such"] } } }], /service none-such not found/],
  [["GET", "/tasks/none-such"], /task none-such not found/],
  [["GET", "/tasks/none-such/logs", { query: { stdout: 1 } }], /task none-such not found/],
  [["GET", "/containers/none-such/json"], /No such container: none-such/],
  [["DELETE", "/containers/none-such", { query: { force: 1 } }], /No such container: none-such/],
  [["POST", "/containers/none-such/stop"], /No such container: none-such/],
  [["POST", "/containers/none-such/kill"], /No such container: none-such/],
  [["POST", "/containers/none-such/kill", { query: { signal: "999" } }], /No such container: none-such/],
  [["POST", "/containers/none-such/exec", { body: { Cmd: ["true"] } }], /No such container: none-such/],
  [["GET", "/exec/none-such/json"], /No such exec instance: none-such/],
  [["GET", "/volumes/none-such"], /no such volume|volume none-such not found/],
  [["DELETE", "/volumes/none-such"], /no such volume|volume none-such not found/],
  [["GET", "/networks/none-such"], /network none-such not found/],
  [["DELETE", "/networks/none-such"], /network none-such not found/],
  [["GET", "/secrets/none-such"], /secret none-such not found/],
  [["DELETE", "/secrets/none-such"], /secret none-such not found/],
  [["GET", "/configs/none-such"], /config none-such not found/],
  [["DELETE", "/configs/none-such"], /config none-such not found/],
  [["GET", "/images/local/none-such:1/json"], /no such image: local\/none-such:1/i],
  [["GET", "/nodes/none-such"], /node none-such not found/],
];

const nameOf = (world: ContractWorld, kind: string): string => `${world.stack}_${kind}_api`;

const Data = Buffer.from("what it holds").toString("base64");

/** A secret or a config, from its making to its end. */
const kept = (word: "secret" | "config"): Expectation => ({
  title: `a ${word} is made once, found by name and label, and ${word === "secret" ? "not given back" : "given back"}`,
  mark: "E",
  check: async (world) => {
    const Name = nameOf(world, word);
    const body = { Name, Labels: { "contract.list": "a,b" }, Data };
    const made = await ask(world, "POST", `/${word}s/create`, { body });
    expect(made).toMatchObject({ status: 201, json: { ID: expect.any(String) } });
    expectRefusal(
      await ask(world, "POST", `/${word}s/create`, { body: { ...body, Name: `${Name}_empty`, Data: "" } }),
      [400],
      /data must be larger than 0/,
    );
    expectRefusal(await ask(world, "POST", `/${word}s/create`, { body }), [409], new RegExp(`${word} ${Name} already exists`));
    const { ID } = made.json as { ID: string };
    const listed = await ask(world, "GET", `/${word}s`, { query: { filters: { label: ["contract.list=a,b"], name: [Name] } } });
    expect(listed.json).toEqual([
      expect.objectContaining({
        ID,
        Version: { Index: expect.any(Number) },
        Spec: expect.objectContaining({ Name, Labels: { "contract.list": "a,b" } }),
      }),
    ]);
    expect(listed.bytes.includes(Data)).toBe(word === "config");
    expect((await ask(world, "GET", `/${word}s`, { query: { filters: { label: ["contract.list=a"], name: [Name] } } })).json).toEqual([]);
    expect((await ask(world, "DELETE", `/${word}s/${ID}`)).status).toBe(204);
    expectRefusal(await ask(world, "DELETE", `/${word}s/${ID}`), [404], /not found/);
  },
});

/** How the Engine answers, with nothing deployed. Measured on engine 20.10.24. */
export const engineManners: Chapter = {
  title: "the Engine's manners",
  rows: [
    {
      title: "its version tells which API it speaks, 1.41 or newer, and its info that it manages a Swarm",
      mark: "E",
      check: async (world) => {
        const { json } = await ask(world, "GET", "/version");
        expect(Number((json as { ApiVersion: string }).ApiVersion.split(".")[1])).toBeGreaterThanOrEqual(41);
        expect((await ask(world, "GET", "/info")).json).toMatchObject({
          ServerVersion: expect.any(String),
          Swarm: { LocalNodeState: "active", ControlAvailable: true, NodeID: expect.any(String) },
        });
        expect((await ask(world, "GET", "/nodes")).json).toEqual(
          expect.arrayContaining([
            expect.objectContaining({ ID: expect.any(String), Status: expect.objectContaining({ State: "ready" }) }),
          ]),
        );
      },
    },
    {
      title: "what is not there is a 404 that says so, whatever the call",
      mark: "E",
      check: async (world) => {
        for (const [[method, path, asked], text] of unknowns) expectRefusal(await ask(world, method, path, asked), [404], text);
      },
    },
    {
      title: "a call that it does not have is a 404, a filter that a listing does not have a 400",
      mark: "E",
      check: async (world) => {
        expectRefusal(await ask(world, "GET", "/none-such"), [404], /page not found/);
        for (const path of ["/services", "/volumes", "/tasks", "/networks"])
          expectRefusal(await ask(world, "GET", path, { query: { filters: { bogus: ["x"] } } }), [400], /invalid filter/i);
        expectRefusal(await ask(world, "GET", "/services", { query: { filters: "garbage" } }), [400], /invalid/);
      },
    },
    {
      title: "an image is there or not; one that nobody has cannot be pulled",
      mark: "E",
      check: async (world) => {
        expect((await ask(world, "GET", "/images/local/echo-app:1.0.0/json")).json).toMatchObject({
          Id: expect.stringMatching(/^sha256:/),
          Config: expect.objectContaining({ Cmd: expect.any(Array) }),
        });
        expect(
          (await ask(world, "POST", "/images/create", { query: { fromImage: "local/none-such", tag: "1" } })).status,
        ).toBeGreaterThanOrEqual(400);
      },
    },
    kept("secret"),
    kept("config"),
    {
      title: "a volume is made, again without harm, found by label and removed",
      mark: "E",
      check: async (world) => {
        const Name = nameOf(world, "volume");
        const create = () => ask(world, "POST", "/volumes/create", { body: { Name, Labels: { "contract.kind": world.stack } } });
        expect(await create()).toMatchObject({ status: 201, json: { Name, Driver: "local", Labels: { "contract.kind": world.stack } } });
        expect((await create()).status).toBe(201);
        const { json } = await ask(world, "GET", "/volumes", { query: { filters: { label: [`contract.kind=${world.stack}`] } } });
        expect((json as { Volumes: unknown }).Volumes).toEqual([expect.objectContaining({ Name, Scope: "local" })]);
        expect((await ask(world, "DELETE", `/volumes/${Name}`)).status).toBe(204);
      },
    },
    {
      title: "a network is made once, found by label and removed; the bridge of the node is there",
      mark: "E",
      check: async (world) => {
        const Name = nameOf(world, "network");
        const body = { Name, Driver: "overlay", Attachable: true, CheckDuplicate: true, Labels: { "contract.kind": world.stack } };
        const made = await ask(world, "POST", "/networks/create", { body });
        expect(made).toMatchObject({ status: 201, json: { Id: expect.any(String) } });
        expectRefusal(await ask(world, "POST", "/networks/create", { body }), [409], /already exists/);
        const { json } = await ask(world, "GET", "/networks", { query: { filters: { label: [`contract.kind=${world.stack}`] } } });
        // Its driver is told once a manager has allocated it, which on a busy Swarm is later.
        expect(json).toEqual([expect.objectContaining({ Name, Scope: "swarm", Attachable: true })]);
        expect((await ask(world, "DELETE", `/networks/${Name}`)).status).toBe(204);
        expect((await ask(world, "GET", "/networks/docker_gwbridge")).json).toMatchObject({
          Name: "docker_gwbridge",
          Containers: expect.any(Object),
        });
      },
    },
    {
      title: "a service is not taken on a network of one node, however it is named, and nothing of it is made",
      mark: "E",
      check: async (world) => {
        const [network, Name] = [nameOf(world, "bridge"), nameOf(world, "on_bridge")];
        const made = await ask(world, "POST", "/networks/create", { body: { Name: network, Driver: "bridge", CheckDuplicate: true } });
        expect(made).toMatchObject({ status: 201, json: { Id: expect.any(String) } });
        expect((await ask(world, "GET", `/networks/${network}`)).json).toMatchObject({ Name: network, Scope: "local", Driver: "bridge" });
        for (const Target of [network, (made.json as { Id: string }).Id]) {
          const TaskTemplate = { ContainerSpec: { Image: "local/echo-app:1.0.0" }, Networks: [{ Target }] };
          expectRefusal(
            await ask(world, "POST", "/services/create", { body: { Name, TaskTemplate, Mode: { Replicated: { Replicas: 1 } } } }),
            [403],
            new RegExp(`network ${network} cannot be used with services`),
          );
        }
        expectRefusal(await ask(world, "GET", `/services/${Name}`), [404], /not found/);
        expect((await ask(world, "DELETE", `/networks/${network}`)).status).toBe(204);
      },
    },
    {
      title: "of the networks that each node has, a service is taken on host and bridge, and on no other",
      mark: "E",
      check: async (world) => {
        const Name = nameOf(world, "on_host");
        const create = (Target: string): ReturnType<typeof ask> =>
          ask(world, "POST", "/services/create", {
            body: {
              Name,
              TaskTemplate: { ContainerSpec: { Image: "local/echo-app:1.0.0" }, Networks: [{ Target }] },
              Mode: { Replicated: { Replicas: 0 } },
            },
          });
        for (const target of ["host", "bridge"]) {
          expect((await create(target)).status).toBe(201);
          expect((await ask(world, "DELETE", `/services/${Name}`)).status).toBe(200);
        }
        expectRefusal(await create("ingress"), [400], /cannot be explicitly attached to the ingress network/);
        expectRefusal(await create("none"), [404, 500], /network none not found/);
        expectRefusal(await create("default"), [404, 500], /network default not found/);
      },
    },
    {
      title: "a container on its node's own network publishes nothing, and has no address on the node's bridge",
      mark: "E",
      check: async (world) => {
        const Name = nameOf(world, "at_host");
        const ContainerSpec = {
          Image: "local/echo-app:1.0.0",
          Args: ["node", "-e", "setTimeout(() => {}, 600000)"],
          StopGracePeriod: 1_000_000_000,
        };
        const Ports = [{ TargetPort: 8080, PublishMode: "host" }];
        const made = await ask(world, "POST", "/services/create", {
          body: {
            Name,
            TaskTemplate: { ContainerSpec, Networks: [{ Target: "host" }] },
            Mode: { Replicated: { Replicas: 1 } },
            EndpointSpec: { Mode: "dnsrr", Ports },
          },
        });
        expect(made.status).toBe(201);
        const filters = { label: [`com.docker.swarm.service.name=${Name}`] };
        const listed = async (): Promise<readonly { Id: string }[]> =>
          (await ask(world, "GET", "/containers/json", { query: { filters } })).json as readonly { Id: string }[];
        await world.until("its container to run", async () => (await listed()).length === 1);
        const [{ Id } = { Id: "" }] = await listed();
        const { json } = await ask(world, "GET", `/containers/${Id}/json`);
        expect(json).toMatchObject({
          HostConfig: { NetworkMode: "host" },
          NetworkSettings: { Ports: {}, Networks: { host: expect.any(Object) } },
        });
        expect((json as { NetworkSettings: { Ports: object } }).NetworkSettings.Ports).toEqual({});
        const bridge = (await ask(world, "GET", "/networks/docker_gwbridge")).json as { Containers: Record<string, object> };
        expect(Object.keys(bridge.Containers)).not.toContain(Id);
        expect((await ask(world, "DELETE", `/services/${Name}`)).status).toBe(200);
      },
    },
    {
      title: "the stream of events tells of a change when it comes, with kind, name and time, and of nothing that was not asked for",
      mark: "E",
      check: async (world) => {
        const Name = nameOf(world, "event");
        const make = async (): Promise<void> => {
          await ask(world, "POST", "/volumes/create", { body: { Name } });
          await ask(world, "POST", "/secrets/create", { body: { Name, Data } });
        };
        // Others make secrets on this Swarm as well; the volume, which was not asked for, would come first.
        const isOurs = (line: unknown): boolean => String(JSON.stringify(line)).includes(`"${Name}"`);
        const first = await firstLine(world, "/events", { query: { filters: { type: ["secret"], event: ["create"] } } }, isOurs, make);
        expect(first).toMatchObject({
          Type: "secret",
          Action: "create",
          Actor: { ID: expect.any(String), Attributes: { name: Name } },
          time: expect.any(Number),
          timeNano: expect.any(Number),
        });
        expect((await ask(world, "DELETE", `/secrets/${Name}`)).status).toBe(204);
        expect((await ask(world, "DELETE", `/volumes/${Name}`)).status).toBe(204);
      },
    },
  ],
};
