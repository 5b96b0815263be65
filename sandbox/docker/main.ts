/** A part of docker and its Swarm over local processes and files, as one executable. See docs/sandbox.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { suffer } from "../shared/faults.js";
import { parseWords, type CommandLine } from "../shared/words.js";
import { readCompose } from "./compose.js";
import { containers, networks } from "./containers.js";
import { daemon, refuse, Refusal } from "./fail.js";
import { findImage } from "./images.js";
import { keepService } from "./keeper.js";
import { containerDocument, listContainers, listNamed, listServices, listStacks, listTasks, render, serviceDocument } from "./listing.js";
import { each, removeContainer, removeNetwork, removeSecretOrConfig, removeService, removeVolume } from "./removal.js";
import { deployStack, removeStack } from "./stack.js";
import { claim, get, makeWorld, newId, worldPath, type NamedThing, type ServiceSpec } from "./world.js";

const out = (text: string): void => void process.stdout.write(`${text}\n`);
const json = (value: unknown): void => out(JSON.stringify(value, null, 4));

const info = { ServerVersion: "sandbox", Name: "sandbox", Swarm: { LocalNodeState: "active", ControlAvailable: true, NodeID: "sandbox" } };
const version = { Client: { Version: "sandbox" }, Server: { Version: "sandbox" } };

/** What is found is printed as a list, even an empty one; the first that is missing is the failure. */
const inspectAll = (names: readonly string[], line: CommandLine, find: (name: string) => object | null, missing: (name: string) => string): void => {
  const found = names.map(find);
  const there = found.filter((one) => one !== null);
  const format = line.flag("--format", "-f").at(-1);
  if (format === undefined) json(there);
  else for (const one of there) out(render(one, format));
  const first = names.find((_, index) => found[index] === null);
  if (first !== undefined) refuse(missing(first));
};

const said = "Error response from daemon:";

const inspectService = (name: string): object | null => {
  const spec = get<ServiceSpec>("services", name);
  return spec === null ? null : serviceDocument(spec);
};

const inspectContainer = (name: string): object | null => {
  const found = containers().find(({ id, name: own }) => id.startsWith(name) || own === name);
  return found === undefined ? null : containerDocument(found);
};

const missingThing = {
  volumes: (name: string) => `${said} get ${name}: no such volume`,
  secrets: (name: string) => `${said} secret ${name} not found`,
  configs: (name: string) => `${said} config ${name} not found`,
  networks: (name: string) => `${said} network ${name} not found`,
} as const;

const inspectNamed = (kind: keyof typeof missingThing, names: readonly string[], line: CommandLine): void =>
  inspectAll(
    names,
    line,
    (name) => {
      const thing = kind === "networks" ? (networks().find((one) => one.name === name || one.id === name) ?? null) : get<NamedThing>(kind, name);
      return thing === null ? null : { ID: thing.id, Name: thing.name, Labels: thing.labels, Spec: { Name: thing.name, Labels: thing.labels } };
    },
    missingThing[kind],
  );

const createSecret = (name: string, from: string, labels: readonly string[]): void => {
  if (name.length > 64) daemon(`rpc error: code = InvalidArgument desc = invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character must be [a-zA-Z0-9]`);
  const value = readFileSync(from === "-" ? 0 : from);
  const id = newId();
  const isNew = claim("secrets", name, { id, name, labels: Object.fromEntries(labels.map((label) => label.split("=", 2))) });
  if (!isNew) daemon(`rpc error: code = AlreadyExists desc = secret ${name} already exists`);
  writeFileSync(worldPath("secret-data", name), value, { mode: 0o600 });
  out(id);
};

const logs = (service: string, tail: string): void => {
  const spec = get<ServiceSpec>("services", service) ?? refuse(`no such task or service: ${service}`);
  try {
    const lines = readFileSync(worldPath("logs", spec.id), "utf8").trimEnd().split("\n");
    process.stdout.write(`${lines.slice(-Number(tail || 100)).join("\n")}\n`);
  } catch {
    // Nothing was said yet.
  }
};

const pull = (reference: string): void => {
  if (findImage(reference) === null) daemon(`manifest for ${reference} not found: the sandbox has only the examples' images`);
  out(`Status: Image is up to date for ${reference}`);
};

const image = (reference: string): object | null => {
  const found = findImage(reference);
  return found === null ? null : { Id: `sandbox:${reference}`, RepoTags: [reference], Config: { Cmd: found.command } };
};

const config = async (line: CommandLine): Promise<void> => {
  const { stringify } = await import("yaml");
  out(stringify(await readCompose(line.flag("-c", "--compose-file"), process.env)));
};

/** Commands by their words; what is left over are the operands. */
const commands: Readonly<Record<string, (names: readonly string[], line: CommandLine) => void | Promise<void>>> = {
  info: (_, line) => out(render(info, line.flag("--format", "-f").at(-1) ?? "{{json .}}")),
  version: (_, line) => out(render(version, line.flag("--format", "-f").at(-1) ?? "{{json .}}")),
  "stack deploy": ([stack = ""], line) => deployStack(stack, line.flag("-c", "--compose-file")),
  "stack rm": (names) => names.forEach(removeStack),
  "stack ls": (_, line) => listStacks(line),
  "stack config": (_, line) => config(line),
  "service ls": (_, line) => listServices(line),
  "service inspect": (names, line) => inspectAll(names, line, inspectService, (name) => `Error: no such service: ${name}`),
  "service ps": (names, line) => listTasks(names, line),
  "service logs": ([name = ""], line) => logs(name, line.flag("--tail", "-n").at(-1) ?? ""),
  "service rm": (names) => each(names, removeService),
  "container ls": (_, line) => listContainers(line),
  "container inspect": (names, line) => inspectAll(names, line, inspectContainer, (name) => `${said} No such container: ${name}`),
  "container rm": (names, line) => each(names, (name) => removeContainer(name, line.flag("-f", "--force").length > 0)),
  "volume ls": (_, line) => listNamed("volumes", line),
  "volume inspect": (names, line) => inspectNamed("volumes", names, line),
  "volume rm": (names) => each(names, removeVolume),
  "secret ls": (_, line) => listNamed("secrets", line),
  "secret inspect": (names, line) => inspectNamed("secrets", names, line),
  "secret create": ([name = "", from = "-"], line) => createSecret(name, from, line.flag("--label", "-l")),
  "secret rm": (names) => each(names, (name) => removeSecretOrConfig("secrets", name)),
  "config ls": (_, line) => listNamed("configs", line),
  "config inspect": (names, line) => inspectNamed("configs", names, line),
  "config rm": (names) => each(names, (name) => removeSecretOrConfig("configs", name)),
  "network ls": (_, line) => listNamed("networks", line),
  "network inspect": (names, line) => inspectNamed("networks", names, line),
  "network rm": (names) => each(names, removeNetwork),
  "image inspect": (names, line) => inspectAll(names, line, image, (name) => `${said} no such image: ${name}: No such image: ${name}`),
  pull: ([reference = ""]) => pull(reference),
};

const aliases: Readonly<Record<string, string>> = { ps: "container ls", "container ps": "container ls", "stack down": "stack rm", "image pull": "pull" };

const run = async (argv: readonly string[]): Promise<void> => {
  if (argv[0] === "keep-service") return keepService(argv[1] ?? "", argv[2] ?? "");
  const line = parseWords(argv);
  makeWorld();
  const after = await suffer(["docker", ...line.words], (text) => void process.stderr.write(`${text}\n`));
  for (const length of [2, 1]) {
    const words = line.words.slice(0, length).join(" ");
    const command = commands[aliases[words] ?? words];
    if (command === undefined) continue;
    await command(line.words.slice(length), line);
    return after();
  }
  refuse(`docker: '${line.words.slice(0, 2).join(" ")}' is not a docker command of the sandbox`);
};

run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Refusal ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exit(1);
});
