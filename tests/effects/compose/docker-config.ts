import { writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { expect } from "vitest";
import { parse } from "yaml";
import { resolveCompose, type Compose } from "../../../src/effects/compose/resolve-compose.js";
import { mapIn, pairsIn, textOf, wordsIn } from "../../../src/effects/compose/read-tree.js";
import { ask } from "../../support/children.js";
import { temporaryFolder } from "../../support/processes.js";

export interface Files {
  readonly [name: string]: string;
}

/** The part of the files by which both sides are compared: all that the policy, the pulls and the ledger look at. */
interface Seen {
  readonly services: Readonly<Record<string, unknown>>;
  readonly objects: Readonly<Record<string, unknown>>;
}

const sorted = (list: readonly unknown[]): readonly unknown[] => list.map((one) => JSON.stringify(one)).toSorted();

/** Docker's client makes a path of it; the policy keeps what the file says, to be able to name it. */
const bindSource = (source: string, dir: string): string =>
  isAbsolute(source) || /^(?:\p{L}:[\\/]|\\\\)/u.test(source)
    ? source
    : source.startsWith("~")
      ? source.replace("~", "/root")
      : join(dir, source);

const seenByUs = ({ services, objects }: Compose, dir: string): Seen => ({
  services: Object.fromEntries(
    services.map((service) => [
      service.name,
      {
        image: textOf(service.rest.entries.get("image")),
        mounts: sorted(
          service.mounts.map(({ type, source, target, readOnly }) => ({
            type,
            source: type === "bind" ? bindSource(source, dir) : source,
            target,
            readOnly,
          })),
        ),
        ports: sorted(service.ports.map(({ target, published, protocol, mode }) => ({ target, published, protocol, mode }))),
        secrets: sorted(service.secrets.map(({ name }) => name)),
        configs: sorted(service.configs.map(({ name }) => name)),
        networks: sorted(service.networks.map(({ name }) => name)),
        capabilities: sorted(wordsIn(service.rest.entries.get("cap_add"), "").map(textOf)),
        labels: sorted(
          [...pairsIn(mapIn(service.rest.entries.get("deploy"), "").get("labels"), "")].map(([key, { value }]) => [key, value]),
        ),
      },
    ]),
  ),
  objects: Object.fromEntries(
    objects.map(({ kind, key, external, name, entries }) => [
      `${kind} ${key}`,
      { external, name: external || entries.has("name") ? name : "", driver: textOf(entries.get("driver")) },
    ]),
  ),
});

interface DockerService {
  image?: string;
  volumes?: { type: string; source?: string; target?: string; read_only?: boolean }[];
  ports?: { target?: number; published?: number; protocol?: string; mode?: string }[];
  secrets?: { source: string }[];
  configs?: { source: string }[];
  networks?: Record<string, unknown>;
  cap_add?: string[];
  deploy?: { labels?: Record<string, string> };
}

interface DockerConfig extends Partial<
  Record<"networks" | "volumes" | "secrets" | "configs", Record<string, { name?: string; external?: boolean; driver?: string }>>
> {
  services: Record<string, DockerService>;
}

const seenByDocker = (config: DockerConfig): Seen => ({
  services: Object.fromEntries(
    Object.entries(config.services).map(([name, service]) => [
      name,
      {
        image: service.image ?? "",
        mounts: sorted(
          (service.volumes ?? []).map(({ type, source, target, read_only }) => ({
            type,
            source: source ?? "",
            target: target ?? "",
            readOnly: read_only ?? false,
          })),
        ),
        ports: sorted(
          (service.ports ?? []).map(({ target, published, protocol, mode }) => ({
            target: target ?? 0,
            published: published ?? 0,
            protocol: protocol ?? "tcp",
            mode: mode ?? "ingress",
          })),
        ),
        secrets: sorted((service.secrets ?? []).map(({ source }) => source)),
        configs: sorted((service.configs ?? []).map(({ source }) => source)),
        networks: sorted(Object.keys(service.networks ?? {})),
        capabilities: sorted(service.cap_add ?? []),
        labels: sorted(Object.entries(service.deploy?.labels ?? {})),
      },
    ]),
  ),
  objects: Object.fromEntries(
    (["networks", "volumes", "secrets", "configs"] as const).flatMap((kind) =>
      Object.entries(config[kind] ?? {}).map(([key, one]) => [
        `${kind} ${key}`,
        { external: one.external ?? false, name: one.name ?? "", driver: one.driver ?? "" },
      ]),
    ),
  ),
});

/** Our view and docker's own view of the same files; null from a side that refuses them. */
export const bothViews = (
  files: Files,
  variables: Readonly<Record<string, string>> = {},
): { ours: Seen | string; theirs: Seen | string } => {
  const dir = temporaryFolder();
  const names = Object.keys(files).filter((name) => name.endsWith(".yml"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  const { code, stdout, stderr } = ask("docker", ["stack", "config", ...names.flatMap((name) => ["-c", join(dir, name)])], {
    env: { PATH: process.env["PATH"], HOME: dir, ...variables },
  });
  const ours = (): Seen | string => {
    try {
      return seenByUs(resolveCompose({ files: names, read: (name) => files[name] ?? null, variables, stack: "stack" }), dir);
    } catch (error) {
      if (error instanceof Error && "code" in error) return error.message;
      throw error;
    }
  };
  return { ours: ours(), theirs: code === 0 ? seenByDocker(parse(stdout) as DockerConfig) : stderr };
};

const variables = { TAG: "1.2", EMPTY: "", PORT: "8080", YES: "yes", DIR: "/etc", HOME: "/root" };

/** Expects that files which docker takes are read as docker reads them. Others may pass here, as the deploy refuses them. */
export const expectReadAlike = (files: Files): void => {
  const { ours, theirs } = bothViews(files, variables);
  if (typeof theirs !== "string") expect(ours).toEqual(theirs);
};

/** `docker stack config` came with version 25; a client that lacks it cannot be asked. */
export const clientCannot = (): string | null => {
  const { code } = ask("docker", ["stack", "config", "--help"]);
  return code === 0 ? null : "no docker client with `stack config` (25 or later) on PATH";
};
