import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findApp, readEnv, servers } from "./app.js";
import { fatal } from "./fatal.js";
import type { Session } from "./session.js";

const appsOf = ({ abraDir }: Session, server: string): readonly string[] =>
  readdirSync(join(abraDir, "servers", server)).flatMap((name) => (name.endsWith(".env") ? [name.slice(0, -".env".length)] : []));

export const listApps = (session: Session): void => {
  const rows = servers(session).map((server) => {
    const recipeOf = (domain: string): string =>
      readEnv(readFileSync(join(session.abraDir, "servers", server, `${domain}.env`), "utf8"))["TYPE"]?.split(":")[0] ?? "";
    const apps = appsOf(session, server).map((domain) => ({
      server,
      recipe: recipeOf(domain),
      appName: domain,
      domain,
      status: "unknown",
      chaos: "false",
      chaosVersion: "unknown",
      version: "unknown",
      upgrade: "unknown",
    }));
    return [server, { apps, appCount: apps.length, versionCount: 0, unversionedCount: 0, latestCount: 0, upgradeCount: 0 }] as const;
  });
  if (session.has("-m", "--machine")) session.caller.out(`${JSON.stringify(Object.fromEntries(rows))}\n`);
  else for (const [server, { apps }] of rows) for (const { domain } of apps) session.caller.out(`${server}  ${domain}\n`);
};

interface Service {
  readonly Spec: { readonly Name: string; readonly Labels: Readonly<Record<string, string>> };
}

/** By service, flat, all of it strings. */
export const listTasks = async (session: Session, [domain = ""]: readonly string[]): Promise<void> => {
  const app = findApp(session, domain);
  const rows = (await session.rows("service", "ls")).filter(({ Name }) => Name?.startsWith(`${app.stack}_`) === true);
  if (rows.length === 0) fatal(`${domain} is not deployed?`);
  const services = JSON.parse(await session.mustDocker(["service", "inspect", ...rows.map(({ Name = "" }) => Name)])) as readonly Service[];
  const labels: Readonly<Record<string, string>> = Object.assign({}, ...services.map(({ Spec }) => Spec.Labels)) as Record<string, string>;
  const label = (name: string): string => labels[`coop-cloud.${app.stack}.${name}`] ?? "unknown";
  const shown = rows.map(({ Name = "", Image = "", Replicas = "", Ports = "" }) => {
    const [running, wanted] = Replicas.split("/");
    const service = Name.slice(app.stack.length + 1);
    return [
      service,
      {
        service,
        image: Image,
        created: "unknown",
        ports: Ports,
        state: running === wanted ? "running" : "starting",
        status: Replicas,
        version: label("version"),
        chaos: label("chaos"),
      },
    ] as const;
  });
  session.caller.out(`${JSON.stringify(Object.fromEntries(shown))}\n`);
};

export const listVolumes = async (session: Session, [domain = ""]: readonly string[]): Promise<void> => {
  for (const name of await session.listed("volume", findApp(session, domain).stack)) session.caller.out(`${name}\n`);
};

export const listServers = (session: Session): void =>
  session.caller.out(`${JSON.stringify(servers(session).map((name) => ({ name, host: name === "default" ? "local" : name })))}\n`);
