import { listContainers } from "../listings/containers.js";
import { listKeptFiles, listNetworks, listVolumes } from "../listings/objects.js";
import { listServices, listStackServices, listStacks } from "../listings/services.js";
import { listStackTasks, listTasks } from "../listings/tasks.js";
import { said, type Entry } from "./command.js";
import { post } from "./containers.js";
import { createKeptFile, createNetwork, createVolume } from "./create.js";
import { exec } from "./exec.js";
import { inspectAll, inspectImages } from "./inspect.js";
import { logs } from "./logs.js";
import { removeContainers, removeEach, removeNetworks } from "./remove.js";
import { config, deploy, removeStacks } from "./stacks.js";
import { events, info, pull, version } from "./system.js";

const list = ["--format", "--filter", "-f", "-q", "--quiet", "--no-trunc"];
const inspect = ["--format", "-f"];

/** Commands by their words; what is left over are the operands. */
const commands: Readonly<Record<string, Entry>> = {
  info: { run: info, flags: inspect },
  version: { run: version, flags: inspect },
  "stack deploy": {
    run: deploy,
    flags: ["-c", "--compose-file", "--detach", "-d", "--resolve-image", "--quiet", "-q", "--with-registry-auth"],
  },
  "stack rm": { run: removeStacks, flags: ["--detach", "-d"] },
  "stack ls": { run: listStacks, flags: ["--format"] },
  "stack ps": { run: listStackTasks, flags: list },
  "stack services": { run: listStackServices, flags: list },
  "stack config": { run: config, flags: ["-c", "--compose-file"] },
  "service ls": { run: listServices, flags: list },
  "service inspect": {
    run: inspectAll(
      (name) => `/services/${name}`,
      (name) => `Error: no such service: ${name}`,
    ),
    flags: inspect,
  },
  "service ps": { run: listTasks, flags: list },
  "service logs": {
    run: logs(
      (name) => `/services/${encodeURIComponent(name)}/logs`,
      (name) => `no such task or service: ${name}`,
    ),
    flags: ["--raw", "--tail", "-n", "--timestamps", "-t", "--no-trunc", "--no-task-ids", "--no-resolve"],
  },
  "service rm": { run: removeEach((name) => `/services/${name}`), flags: [] },
  "container ls": { run: listContainers, flags: [...list, "-a", "--all"] },
  "container inspect": {
    run: inspectAll(
      (name) => `/containers/${name}/json`,
      (name) => `${said} No such container: ${name}`,
    ),
    flags: inspect,
  },
  "container logs": {
    run: logs(
      (name) => `/containers/${encodeURIComponent(name)}/logs`,
      (name) => `${said} No such container: ${name}`,
    ),
    flags: ["--tail", "-n", "--timestamps", "-t"],
  },
  "container rm": { run: removeContainers, flags: ["-f", "--force", "-v", "--volumes"] },
  "container stop": {
    run: post("stop", (line) => (line.flag("-t", "--time").length === 0 ? {} : { t: line.flag("-t", "--time").at(-1) ?? "10" })),
    flags: ["-t", "--time"],
  },
  "container kill": { run: post("kill", (line) => ({ signal: line.flag("-s", "--signal").at(-1) ?? "KILL" })), flags: ["-s", "--signal"] },
  "container exec": { run: exec, flags: null },
  "volume ls": { run: listVolumes, flags: list },
  "volume create": { run: createVolume, flags: ["--label", "--driver", "-d"] },
  "volume inspect": {
    run: inspectAll(
      (name) => `/volumes/${name}`,
      (name) => `${said} get ${name}: no such volume`,
    ),
    flags: inspect,
  },
  "volume rm": { run: removeEach((name) => `/volumes/${name}`), flags: ["-f", "--force"] },
  "secret ls": { run: listKeptFiles("secret"), flags: list },
  "secret inspect": {
    run: inspectAll(
      (name) => `/secrets/${name}`,
      (name) => `${said} secret ${name} not found`,
    ),
    flags: inspect,
  },
  "secret create": { run: createKeptFile("secret"), flags: ["--label", "-l"] },
  "secret rm": { run: removeEach((name) => `/secrets/${name}`), flags: [] },
  "config ls": { run: listKeptFiles("config"), flags: list },
  "config inspect": {
    run: inspectAll(
      (name) => `/configs/${name}`,
      (name) => `${said} config ${name} not found`,
    ),
    flags: inspect,
  },
  "config create": { run: createKeptFile("config"), flags: ["--label", "-l"] },
  "config rm": { run: removeEach((name) => `/configs/${name}`), flags: [] },
  "network ls": { run: listNetworks, flags: list },
  "network create": { run: createNetwork, flags: ["--driver", "-d", "--attachable", "--internal", "--label", "--scope"] },
  "network inspect": {
    run: inspectAll(
      (name) => `/networks/${name}`,
      (name) => `${said} network ${name} not found`,
    ),
    flags: inspect,
  },
  "network rm": { run: removeNetworks, flags: ["-f", "--force"] },
  "image inspect": { run: inspectImages, flags: inspect },
  "node ls": { run: async ({ api, out }) => out(`${JSON.stringify(await api.ask("GET", "/nodes"))}\n`), flags: list },
  pull: { run: pull, flags: ["-q", "--quiet"] },
  events: { run: events, flags: ["--since", "--until", "--filter", "-f", "--format"] },
};

const aliases: Readonly<Record<string, string>> = {
  ps: "container ls",
  "container ps": "container ls",
  "container list": "container ls",
  "stack down": "stack rm",
  "stack up": "stack deploy",
  "image pull": "pull",
  exec: "container exec",
  stop: "container stop",
  kill: "container kill",
  rm: "container rm",
  logs: "container logs",
  "system info": "info",
  "system events": "events",
};

export const find = (words: readonly string[]): { readonly entry: Entry; readonly length: number } | null => {
  for (const length of [2, 1]) {
    if (words.length < length) continue;
    const name = words.slice(0, length).join(" ");
    const entry = commands[aliases[name] ?? name];
    if (entry !== undefined) return { entry, length };
  }
  return null;
};
