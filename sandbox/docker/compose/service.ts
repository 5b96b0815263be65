import { shellWords } from "../../../src/effects/compose/shell-words.js";
import { refuse } from "../refusal.js";
import { bytes, nanoseconds } from "./durations.js";
import { environmentOf } from "./environment.js";
import type { Variables } from "./interpolate.js";
import { hostsOf, labelsOf } from "./pairs.js";
import { portsOf } from "./ports.js";
import { isMap, type Yaml } from "./schema.js";
import { volumesOf } from "./volumes.js";

const words = (value: unknown): unknown => {
  const found = typeof value === "string" ? shellWords(value) : value;
  return isMap(found) && "unended" in found ? refuse(String(found["unended"])) : found;
};
const texts = (value: unknown): unknown => (typeof value === "string" ? [value] : value);
const networks = (value: unknown): unknown =>
  Array.isArray(value) ? Object.fromEntries(value.map((name) => [String(name), null])) : value;
const uses = (value: unknown): unknown => (Array.isArray(value) ? value.map((one) => (isMap(one) ? one : { source: String(one) })) : value);
const limit = (value: unknown): unknown =>
  isMap(value) ? { soft: Number(value["soft"]), hard: Number(value["hard"]) } : { soft: Number(value), hard: Number(value) };

/** Transforms some keys and leaves the others. */
const with_ = (map: unknown, made: Readonly<Record<string, (value: unknown) => unknown>>): unknown =>
  isMap(map)
    ? Object.fromEntries(Object.entries(map).map(([key, value]) => [key, made[key] === undefined ? value : made[key](value)]))
    : map;

const times = Object.fromEntries(
  ["interval", "timeout", "start_period", "start_interval", "delay", "monitor", "window"].map((key) => [key, nanoseconds]),
);
const amounts = (value: unknown): unknown => with_(value, { memory: bytes });

const deploy = (value: unknown): unknown =>
  with_(value, {
    labels: labelsOf,
    update_config: (config) => with_(config, times),
    rollback_config: (config) => with_(config, times),
    restart_policy: (policy) => with_(policy, times),
    resources: (resources) => with_(resources, { limits: amounts, reservations: amounts }),
  });

/** One service of one file, with each part in the client's normal form, before files are merged. */
export const loadService = (service: Yaml, folder: string, caller: Variables): Yaml => {
  const loaded = with_(service, {
    command: words,
    entrypoint: words,
    deploy,
    dns: texts,
    dns_search: texts,
    extra_hosts: hostsOf,
    labels: labelsOf,
    sysctls: labelsOf,
    networks,
    secrets: uses,
    configs: uses,
    healthcheck: (check) => with_(check, { ...times, test: (test) => (typeof test === "string" ? ["CMD-SHELL", test] : test) }),
    logging: (logging) => with_(logging, { options: labelsOf }),
    stop_grace_period: nanoseconds,
    ulimits: (limits) => (isMap(limits) ? Object.fromEntries(Object.entries(limits).map(([name, one]) => [name, limit(one)])) : limits),
    ports: portsOf,
    volumes: (volumes) => volumesOf(volumes, folder, caller),
  });
  return { ...(isMap(loaded) ? loaded : {}), environment: environmentOf(service, folder, caller) };
};
