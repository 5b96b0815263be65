import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Engine } from "../engine/api/route.js";
import type { Caller } from "../shared/caller.js";
import { parseWords, type CommandLine } from "../shared/words.js";
import { createApi, daemonSaid, each, unframe, type Api } from "./api.js";
import { loadCompose, readFiles } from "./compose/load.js";
import { render } from "./format.js";
import { filtersOf, listContainers, listKeptFiles, listNetworks, listServices, listStackServices, listStacks, listStackTasks, listTasks, listVolumes, type Command } from "./listings.js";
import { Refusal, refuse } from "./refusal.js";
import { deployStack } from "./stack/deploy.js";
import { removeStack } from "./stack/remove.js";

interface Invoked extends Command {
  readonly caller: Caller;
}

type Run = (command: Invoked) => Promise<void | number>;

interface Entry {
  readonly run: Run;
  /** The flags that it heeds, or may do without heeding. Any other is refused. */
  readonly flags: readonly string[];
}

const formatOf = (line: CommandLine): string | undefined => line.flag("--format", "-f").at(-1);

/** What is found is printed as a list, even an empty one; what is missing is the failure. */
const inspectAll =
  (path: (name: string) => string, missing: (name: string) => string): Run =>
  async ({ api, operands, line, out }) => {
    if (operands.length === 0) refuse("requires at least 1 argument.");
    const found = await Promise.all(operands.map((name) => api.find<object>(path(encodeURIComponent(name)))));
    const there = found.filter((one) => one !== null);
    const format = formatOf(line);
    if (format === undefined) out(`${JSON.stringify(there, null, 4)}\n`);
    else for (const one of there) out(`${format === "json" ? JSON.stringify(one) : render(one, format)}\n`);
    const first = operands.find((_, index) => found[index] === null);
    if (first !== undefined) refuse(missing(first));
  };

const said = "Error response from daemon:";

const inspectImages: Run = inspectAll((name) => `/images/${decodeURIComponent(name)}/json`, (name) => `${said} no such image: ${name}: No such image: ${name}`);

const readOperand = async ({ caller }: Invoked, file: string): Promise<Buffer> => {
  if (file === "-") return caller.input();
  try {
    return readFileSync(resolve(caller.cwd, file));
  } catch {
    return refuse(`open ${file}: no such file or directory`);
  }
};

const labelFlags = (line: CommandLine): Readonly<Record<string, string>> =>
  Object.fromEntries(line.flag("--label", "-l").map((label) => (label.includes("=") ? [label.slice(0, label.indexOf("=")), label.slice(label.indexOf("=") + 1)] : [label, ""])));

const createKeptFile =
  (word: "secret" | "config"): Run =>
  async (command) => {
    const [name = "", file] = command.operands;
    if (file === undefined) refuse(`requires exactly 2 arguments: a name and a file, or -`);
    const Data = (await readOperand(command, file ?? "-")).toString("base64");
    const { ID } = await command.api.ask<{ ID: string }>("POST", `/${word}s/create`, { body: { Name: name, Labels: labelFlags(command.line), Data } });
    command.out(`${ID}\n`);
  };

const removeEach =
  (path: (name: string) => string, query: (line: CommandLine) => Readonly<Record<string, string>> = () => ({})): Run =>
  ({ api, operands, line, out }) =>
    each(operands, out, (name) => api.ask("DELETE", path(encodeURIComponent(name)), { query: query(line) }));

/** By force, "not there" is as good as removed: said, and no failure. */
const removeContainers: Run = async ({ api, operands, line, out, err }) => {
  const isForced = line.flag("-f", "--force").length > 0;
  const query = { ...(isForced ? { force: "1" } : {}), ...(line.flag("-v", "--volumes").length > 0 ? { v: "1" } : {}) };
  await each(operands, out, async (name) => {
    const found = await api.find<object>(`/containers/${encodeURIComponent(name)}/json`);
    if (found === null && isForced) err(`${said} No such container: ${name}\n`);
    else await api.ask("DELETE", `/containers/${encodeURIComponent(name)}`, { query });
  });
};

const removeNetworks: Run = async ({ api, operands, out }) => {
  try {
    await each(operands, out, (name) => api.ask("DELETE", `/networks/${encodeURIComponent(name)}`));
  } catch (error) {
    refuse(`${String(error instanceof Error ? error.message : error)}\nexit status 1`);
  }
};

const deploy: Run = async ({ api, operands: [stack = ""], line, out, err, caller }) => {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(stack)) refuse(`invalid stack name: ${JSON.stringify(stack)}`);
  const names = line.flag("-c", "--compose-file");
  if (names.length === 0) refuse("Please specify a Compose file (with --compose-file)");
  const files = readFiles(names, caller.cwd, names.includes("-") ? (await caller.input()).toString("utf8") : "");
  await deployStack({ api, stack, ...loadCompose(files, caller.cwd, caller.env), out, err, isGone: caller.isGone });
};

const config: Run = async ({ line, out, caller }) => {
  const { stringify } = await import("yaml");
  const names = line.flag("-c", "--compose-file");
  const files = readFiles(names, caller.cwd, names.includes("-") ? (await caller.input()).toString("utf8") : "");
  out(stringify(loadCompose(files, caller.cwd, caller.env).document));
};

const logs =
  (path: (name: string) => string, missing: (name: string) => string): Run =>
  async ({ api, operands: [name = ""], line, out, err }) => {
    if ((await api.find(path(name).replace(/\/logs$/, path("").startsWith("/containers") ? "/json" : ""))) === null) refuse(missing(name));
    const tail = line.flag("--tail", "-n").at(-1);
    const query = { stdout: "1", stderr: "1", ...(tail === undefined ? {} : { tail }), ...(line.flag("--timestamps", "-t").length > 0 ? { timestamps: "1" } : {}) };
    const text = unframe(await api.ask<Buffer>("GET", path(name), { query }));
    out(text.out);
    err(text.err);
  };

/** `exec [-i] CONTAINER COMMAND…`; what it prints comes when it has ended. */
const exec: Run = async ({ api, out, err, caller }) => {
  const isLong = caller.argv[0] === "container";
  const line = parseWords(caller.argv, new Set(["-t", "-d"]), isLong ? 3 : 2);
  const [name = "", ...argv] = line.words.slice(isLong ? 2 : 1);
  if (line.flag("-t", "--tty", "-it", "-ti").length > 0) refuse("the sandbox does not know exec with a terminal (-t)");
  const wantsInput = line.flag("-i", "--interactive").length > 0;
  if (wantsInput) refuse("the sandbox's docker does not know exec -i: its API does");
  const { Id } = await api.ask<{ Id: string }>("POST", `/containers/${encodeURIComponent(name)}/exec`, {
    body: { Cmd: argv, Env: line.flag("--env", "-e"), WorkingDir: line.flag("--workdir", "-w").at(-1) ?? "", AttachStdout: true, AttachStderr: true },
  });
  const text = unframe(await api.ask<Buffer>("POST", `/exec/${Id}/start`, { body: { Detach: false, Tty: false } }));
  out(text.out);
  err(text.err);
  return (await api.ask<{ ExitCode: number | null }>("GET", `/exec/${Id}/json`)).ExitCode ?? 0;
};

const pull: Run = async ({ api, operands: [reference = ""], out }) => {
  const [name = "", tag = "latest"] = reference.split(/:(?=[^/]*$)/);
  await api.ask("POST", "/images/create", { query: { fromImage: name, tag } });
  out(`Status: Image is up to date for ${reference}\n`);
};

const version: Run = async ({ api, line, out }) => {
  const Server = await api.ask<{ Version: string; ApiVersion: string }>("GET", "/version");
  const Client = { Version: "28.2.2-sandbox", ApiVersion: Server.ApiVersion, Context: "default" };
  const format = formatOf(line);
  if (format === undefined) out(`Client:\n Version:    ${Client.Version}\nServer:\n Version:    ${Server.Version}\n API version: ${Server.ApiVersion}\n`);
  else out(`${format === "json" ? JSON.stringify({ Client, Server }) : render({ Client, Server }, format)}\n`);
};

const info: Run = async ({ api, line, out }) => {
  const found = await api.ask<object>("GET", "/info");
  const format = formatOf(line);
  out(format === undefined || format === "json" ? `${JSON.stringify(found, null, format === undefined ? 1 : 0)}\n` : `${render(found, format)}\n`);
};

const createNetwork: Run = async ({ api, operands: [name = ""], line, out }) => {
  const body = { Name: name, Driver: line.flag("--driver", "-d").at(-1) ?? "bridge", Attachable: line.flag("--attachable").length > 0, Internal: line.flag("--internal").length > 0, Labels: labelFlags(line) };
  out(`${(await api.ask<{ Id: string }>("POST", "/networks/create", { body })).Id}\n`);
};

const createVolume: Run = async ({ api, operands: [name], line, out }) => {
  const body = { ...(name === undefined ? {} : { Name: name }), Driver: line.flag("--driver", "-d").at(-1) ?? "local", Labels: labelFlags(line) };
  out(`${(await api.ask<{ Name: string }>("POST", "/volumes/create", { body })).Name}\n`);
};

const events: Run = async ({ api, line, out }) => {
  const until = line.flag("--until").at(-1);
  if (until === undefined) refuse("the sandbox's docker does not know events without --until: its API does");
  const since = line.flag("--since").at(-1);
  const text = await api.ask<Buffer>("GET", "/events", { query: { until: until ?? "", ...(since === undefined ? {} : { since }), ...filtersOf(line) } });
  out(text.toString("utf8"));
};

const post =
  (path: string, query: (line: CommandLine) => Readonly<Record<string, string>>): Run =>
  ({ api, operands, line, out }) =>
    each(operands, out, (name) => api.ask("POST", `/containers/${encodeURIComponent(name)}/${path}`, { query: query(line) }));

const list = ["--format", "--filter", "-f", "-q", "--quiet", "--no-trunc"];
const inspect = ["--format", "-f"];

/** Commands by their words; what is left over are the operands. */
const commands: Readonly<Record<string, Entry>> = {
  info: { run: info, flags: inspect },
  version: { run: version, flags: inspect },
  "stack deploy": { run: deploy, flags: ["-c", "--compose-file", "--detach", "-d", "--resolve-image", "--quiet", "-q", "--with-registry-auth"] },
  "stack rm": { run: ({ api, operands, out, err }) => operands.reduce<Promise<void>>((before, stack) => before.then(() => removeStack(api, stack, out, err)), Promise.resolve()), flags: ["--detach", "-d"] },
  "stack ls": { run: listStacks, flags: ["--format"] },
  "stack ps": { run: listStackTasks, flags: list },
  "stack services": { run: listStackServices, flags: list },
  "stack config": { run: config, flags: ["-c", "--compose-file"] },
  "service ls": { run: listServices, flags: list },
  "service inspect": { run: inspectAll((name) => `/services/${name}`, (name) => `Error: no such service: ${name}`), flags: inspect },
  "service ps": { run: listTasks, flags: list },
  "service logs": { run: logs((name) => `/services/${encodeURIComponent(name)}/logs`, (name) => `no such task or service: ${name}`), flags: ["--raw", "--tail", "-n", "--timestamps", "-t", "--no-trunc", "--no-task-ids", "--no-resolve"] },
  "service rm": { run: removeEach((name) => `/services/${name}`), flags: [] },
  "container ls": { run: listContainers, flags: [...list, "-a", "--all"] },
  "container inspect": { run: inspectAll((name) => `/containers/${name}/json`, (name) => `${said} No such container: ${name}`), flags: inspect },
  "container logs": { run: logs((name) => `/containers/${encodeURIComponent(name)}/logs`, (name) => `${said} No such container: ${name}`), flags: ["--tail", "-n", "--timestamps", "-t"] },
  "container rm": { run: removeContainers, flags: ["-f", "--force", "-v", "--volumes"] },
  "container stop": { run: post("stop", (line) => (line.flag("-t", "--time").length === 0 ? {} : { t: line.flag("-t", "--time").at(-1) ?? "10" })), flags: ["-t", "--time"] },
  "container kill": { run: post("kill", (line) => ({ signal: line.flag("-s", "--signal").at(-1) ?? "KILL" })), flags: ["-s", "--signal"] },
  "container exec": { run: exec, flags: ["-i", "--interactive", "-t", "--tty", "-it", "-e", "--env", "-w", "--workdir"] },
  "volume ls": { run: listVolumes, flags: list },
  "volume create": { run: createVolume, flags: ["--label", "--driver", "-d"] },
  "volume inspect": { run: inspectAll((name) => `/volumes/${name}`, (name) => `${said} get ${name}: no such volume`), flags: inspect },
  "volume rm": { run: removeEach((name) => `/volumes/${name}`), flags: ["-f", "--force"] },
  "secret ls": { run: listKeptFiles("secret"), flags: list },
  "secret inspect": { run: inspectAll((name) => `/secrets/${name}`, (name) => `${said} secret ${name} not found`), flags: inspect },
  "secret create": { run: createKeptFile("secret"), flags: ["--label", "-l"] },
  "secret rm": { run: removeEach((name) => `/secrets/${name}`), flags: [] },
  "config ls": { run: listKeptFiles("config"), flags: list },
  "config inspect": { run: inspectAll((name) => `/configs/${name}`, (name) => `${said} config ${name} not found`), flags: inspect },
  "config create": { run: createKeptFile("config"), flags: ["--label", "-l"] },
  "config rm": { run: removeEach((name) => `/configs/${name}`), flags: [] },
  "network ls": { run: listNetworks, flags: list },
  "network create": { run: createNetwork, flags: ["--driver", "-d", "--attachable", "--internal", "--label", "--scope"] },
  "network inspect": { run: inspectAll((name) => `/networks/${name}`, (name) => `${said} network ${name} not found`), flags: inspect },
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

const find = (words: readonly string[]): { readonly entry: Entry; readonly length: number } | null => {
  for (const length of [2, 1]) {
    if (words.length < length) continue;
    const name = words.slice(0, length).join(" ");
    const entry = commands[aliases[name] ?? name];
    if (entry !== undefined) return { entry, length };
  }
  return null;
};

const globalFlags = ["--context", "--host", "-H", "--log-level", "--config"];

const invoke = async (api: Api, caller: Caller, line: CommandLine): Promise<number> => {
  const found = find(line.words);
  if (found === null) return refuse(`docker: '${line.words.slice(0, 2).join(" ")}' is not a docker command of the sandbox`);
  const { entry, length } = found;
  const unknown = entry.run === exec ? undefined : line.names.find((name) => ![...entry.flags, ...globalFlags].includes(name));
  if (unknown !== undefined) refuse(`unknown flag: ${unknown}: the sandbox does not know it for docker ${line.words.slice(0, length).join(" ")}`);
  return (await entry.run({ api, operands: line.words.slice(length), line, out: caller.out, err: caller.err, caller })) ?? 0;
};

/** Does what the docker client does, and returns its exit code. */
export const runDocker = async (engine: Engine, caller: Caller, line: CommandLine): Promise<number> => {
  try {
    return await invoke(createApi(engine), caller, line);
  } catch (error) {
    caller.err(`${error instanceof Refusal ? error.message : daemonSaid(error)}\n`);
    return 1;
  }
};
