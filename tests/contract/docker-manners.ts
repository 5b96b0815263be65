import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Chapter } from "./expectation.js";
import { expectDone, expectRefused, jsonIn } from "./expect-said.js";
import type { ContractWorld } from "./world.js";

const removeOf = (...noun: readonly string[]) => ({ noun: noun.join(" "), args: [...noun, "rm", "none-such"] });

/** The daemon's words; older clients say it in their own. */
const notFound = (kind: string): RegExp => new RegExp(`${kind} none-such not found|no such ${kind}: none-such`, "i");

const noVolume = /no such volume|volume none-such not found/i;

/** Measured on engine 20.10.24 with the clients 28.2.2 and 20.10.24. */
const unknowns: readonly (readonly [readonly string[], RegExp])[] = [
  [removeOf("volume").args, noVolume],
  [removeOf("secret").args, notFound("secret")],
  [removeOf("config").args, notFound("config")],
  [removeOf("network").args, notFound("network")],
  [removeOf("service").args, notFound("service")],
  [["service", "inspect", "none-such"], /no such service: none-such/],
  [["container", "inspect", "none-such"], /No such container: none-such/],
  [["volume", "inspect", "none-such"], noVolume],
  [["service", "ps", "none-such"], /no such service: none-such/],
  [["service", "logs", "none-such"], /no such task or service: none-such/],
  [["image", "inspect", "local/none-such:1"], /no such image: local\/none-such:1/i],
];

const secretOf = ({ stack }: ContractWorld): string => `${stack}_manners_v1`;

/** What the docker client says and how it exits, with no stack deployed. */
export const dockerManners: Chapter = {
  title: "docker's manners",
  rows: [
    {
      title: "info as JSON says that a manager of a Swarm answers",
      mark: "E",
      check: async ({ docker }) => {
        const said = await docker("info", "--format", "{{json .}}");
        expectDone(said);
        expect(jsonIn(said)).toEqual(
          expect.objectContaining({
            ServerVersion: expect.any(String),
            Swarm: expect.objectContaining({ LocalNodeState: "active", ControlAvailable: true }),
          }),
        );
      },
    },
    ...unknowns.map(([args, text]) => ({
      title: `${args.join(" ")} is refused`,
      mark: "E" as const,
      check: async ({ docker }: ContractWorld) => expectRefused(await docker(...args), text),
    })),
    {
      title: "container rm --force of an unknown container exits 0",
      mark: "E",
      check: async ({ docker }) => {
        const said = await docker("container", "rm", "--force", "none-such");
        expectDone(said);
        expect(said.stderr).toContain("No such container");
      },
    },
    {
      title: "an inspect that finds nothing still prints a JSON list",
      mark: "E",
      check: async ({ docker }) => expect((await docker("volume", "inspect", "none-such")).stdout.trim()).toBe("[]"),
    },
    {
      title: "stack rm of an unknown stack exits 0 and says so",
      mark: "E",
      check: async ({ docker }) => {
        const said = await docker("stack", "rm", "none-such");
        expectDone(said);
        expect(said.stderr + said.stdout).toContain("Nothing found in stack: none-such");
      },
    },
    {
      title: "an image that nobody has cannot be pulled",
      mark: "E",
      check: async ({ docker }) => expectRefused(await docker("pull", "local/none-such:1"), /Error response from daemon/),
    },
    {
      title: "a secret is made from stdin, listed without labels, and made only once",
      mark: "E",
      check: async (world) => {
        const create = () => world.dockerWith({ input: "value" }, "secret", "create", secretOf(world), "-");
        expectDone(await create());
        expectRefused(await create(), /AlreadyExists desc = secret \S+ already exists/);
        const rows = await world.list("secret", "ls", "--format", "{{json .}}");
        expect(rows.find(({ Name }) => Name === secretOf(world))).toEqual(expect.objectContaining({ Labels: "", ID: expect.any(String) }));
      },
    },
    {
      title: "what a secret holds cannot be read back",
      mark: "E",
      check: async (world) => expect((await world.docker("secret", "inspect", secretOf(world))).stdout).not.toMatch(/value|dmFsdWU/),
    },
    {
      title: "several names at once: what can be removed is, and the exit code tells of the rest",
      mark: "E",
      check: async (world) => {
        expectRefused(await world.docker("secret", "rm", "none-such", secretOf(world)), notFound("secret"));
        expect(await world.objects()).toEqual([]);
      },
    },
    {
      title: "a secret's name may have 64 characters and no more",
      mark: "E",
      check: async (world) => {
        const name = `${world.stack}_`.padEnd(65, "x");
        expectRefused(await world.dockerWith({ input: "value" }, "secret", "create", name, "-"), /invalid|64/i);
      },
    },
    {
      title: "an external network that is not there keeps a stack from being deployed",
      mark: "E",
      check: async (world) => {
        const file = join(world.dir, "external.yml");
        writeFileSync(
          file,
          "version: '3.8'\nservices: {app: {image: local/echo-app:1.0.0, networks: [outer]}}\nnetworks: {outer: {external: true, name: contract_none}}\n",
        );
        expectRefused(
          await world.docker("stack", "deploy", "-c", file, world.stack),
          /network "contract_none" is declared as external, but could not be found/,
        );
      },
    },
    {
      title: "labels with an entry that has no name keep a stack from being deployed",
      mark: "E",
      check: async (world) => {
        const file = join(world.dir, "nameless.yml");
        writeFileSync(file, "version: '3.8'\nservices: {app: {image: local/echo-app:1.0.0, labels: {'': x}}}\n");
        expectRefused(
          await world.docker("stack", "deploy", "-c", file, world.stack),
          /services\.app\.labels Additional property {2}is not allowed/,
        );
      },
    },
    {
      title: "an external network of one node does too",
      mark: "E",
      check: async (world) => {
        const name = `${world.stack}_bridge`;
        expectDone(await world.docker("network", "create", "--driver", "bridge", name));
        const file = join(world.dir, "bridge.yml");
        writeFileSync(
          file,
          `version: '3.8'\nservices: {app: {image: local/echo-app:1.0.0, networks: [outer]}}\nnetworks: {outer: {external: true, name: ${name}}}\n`,
        );
        expectRefused(
          await world.docker("stack", "deploy", "-c", file, world.stack),
          /network "\S+_bridge" is declared as external, but it is not in the right scope: "local" instead of "swarm"/,
        );
        expectDone(await world.docker("network", "rm", name));
      },
    },
  ],
};
