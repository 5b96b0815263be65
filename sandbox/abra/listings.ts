import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandLine } from "../shared/words.js";
import { abraDir, findApp, readEnv, servers } from "./app.js";
import { fatal } from "./fatal.js";
import { has } from "./flags.js";
import { listed, mustDocker } from "./tools.js";

const appsOf = (server: string): readonly string[] =>
  readdirSync(join(abraDir(), "servers", server)).flatMap((name) => (name.endsWith(".env") ? [name.slice(0, -".env".length)] : []));

export const listApps = (_: readonly string[], line: CommandLine): void => {
  const rows = servers().map((server) => {
    const apps = appsOf(server).map((domain) => ({ server, recipe: readEnv(readFileSync(join(abraDir(), "servers", server, `${domain}.env`), "utf8"))["TYPE"]?.split(":")[0] ?? "", appName: domain, domain, status: "unknown", chaos: "false", chaosVersion: "unknown", version: "unknown", upgrade: "unknown" }));
    return [server, { apps, appCount: apps.length, versionCount: 0, unversionedCount: 0, latestCount: 0, upgradeCount: 0 }] as const;
  });
  if (has(line, "-m", "--machine")) process.stdout.write(`${JSON.stringify(Object.fromEntries(rows))}\n`);
  else for (const [server, { apps }] of rows) for (const { domain } of apps) process.stdout.write(`${server}  ${domain}\n`);
};

interface Service {
  readonly Spec: { readonly Name: string; readonly Labels: Readonly<Record<string, string>> };
}

/** By service, flat, all of it strings. */
export const listTasks = ([domain = ""]: readonly string[]): void => {
  const app = findApp(domain);
  const rows = mustDocker(["service", "ls", "--format", "{{json .}}"])
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, string>)
    .filter(({ Name }) => Name?.startsWith(`${app.stack}_`) === true);
  if (rows.length === 0) fatal(`${domain} is not deployed?`);
  const services = JSON.parse(mustDocker(["service", "inspect", ...rows.map(({ Name = "" }) => Name)])) as readonly Service[];
  const labels: Readonly<Record<string, string>> = Object.assign({}, ...services.map(({ Spec }) => Spec.Labels)) as Record<string, string>;
  const label = (name: string): string => labels[`coop-cloud.${app.stack}.${name}`] ?? "unknown";
  const shown = rows.map(({ Name = "", Image = "", Replicas = "", Ports = "" }) => {
    const [running, wanted] = Replicas.split("/");
    const service = Name.slice(app.stack.length + 1);
    return [service, { service, image: Image, created: "unknown", ports: Ports, state: running === wanted ? "running" : "starting", status: Replicas, version: label("version"), chaos: label("chaos") }] as const;
  });
  process.stdout.write(`${JSON.stringify(Object.fromEntries(shown))}\n`);
};

export const listVolumes = ([domain = ""]: readonly string[]): void => {
  for (const name of listed("volume", findApp(domain).stack)) process.stdout.write(`${name}\n`);
};

export const listServers = (): void => void process.stdout.write(`${JSON.stringify(servers().map((name) => ({ name, host: name === "default" ? "local" : name })))}\n`);

/** Asks the terminal for its width before anything else, and gives up without one. */
export const lint = ([recipe = ""]: readonly string[]): void => {
  if (process.env["ABRA_CI"] !== "1" && !process.stdout.isTTY) fatal("inappropriate ioctl for device");
  if (!existsSync(join(abraDir(), "recipes", recipe))) fatal(`unable to find recipe ${recipe}`);
  process.stdout.write("R001  expected config version 3.8  satisfied\n");
};
