import { assertMounts } from "./assert-mounts.js";
import { assertObjects } from "./assert-objects.js";
import { assertStartable } from "./assert-startable.js";
import { assertTemplates } from "./assert-templates.js";
import { nounOf } from "./compose-objects.js";
import { areVariablesSet, composeRefused } from "./compose-refused.js";
import type { ComposeService } from "./compose-service.js";
import { assertNames } from "./deploy-names.js";
import { restart } from "./forms.js";
import { useKey, usesOf } from "./object-uses.js";
import { entriesOf, isSomething, isTrue, textOf } from "./read-tree.js";
import type { Compose } from "./resolve-compose.js";

const assertDeploy = ({ name, rest, ports }: ComposeService): void => {
  const deploy = entriesOf(rest.entries.get("deploy"));
  const [mode, replicas, update] = [textOf(deploy.get("mode")), deploy.get("replicas"), deploy.get("update_config")];
  if (mode.startsWith("global") && replicas !== undefined)
    throw composeRefused(
      replicas.at,
      `the service ${name} has replicas, and its mode is ${mode}`,
      "A global service has one on each node: take one of the two out.",
    );
  if (mode.endsWith("-job") && update !== undefined)
    throw composeRefused(update.at, `the service ${name} is a job, and a job has no update_config`);
  const mesh = textOf(deploy.get("endpoint_mode")).toLowerCase() === "dnsrr" ? ports.find((port) => port.mode !== "host") : undefined;
  if (mesh !== undefined)
    throw composeRefused(
      mesh.at,
      `the service ${name} publishes a port in the mesh, and its endpoint_mode is dnsrr`,
      "Write the port in its long form with mode: host, or leave endpoint_mode out.",
    );
  const word = rest.entries.get("restart");
  if (word !== undefined && deploy.get("restart_policy") === undefined && !restart.takes(textOf(word)))
    throw composeRefused(word.at, `restart of the service ${name} is none of ${restart.words}`);
  const check = entriesOf(rest.entries.get("healthcheck"));
  const sources = [...entriesOf(rest.entries.get("credential_spec"))].filter(([, tree]) => isSomething(tree));
  if (sources.length > 1)
    throw composeRefused(
      sources[1]?.[1].at ?? rest.at,
      `credential_spec of the service ${name} names ${sources.map(([key]) => key).join(" and ")}`,
      "docker takes one of config, file and registry.",
    );
  if (isTrue(check.get("disable")) && isSomething(check.get("test")))
    throw composeRefused(
      check.get("test")?.at ?? rest.at,
      `the health check of the service ${name} has a test and is disabled`,
      "Take one of the two out.",
    );
};

/** What a service uses must be declared at the top level; the network `default` always is. */
const assertDeclared = (declared: ReadonlySet<string>, service: ComposeService): void => {
  const drive = service.mounts.find(
    ({ source, target }) => source === "" && declared.has(useKey({ kind: "volumes", key: /^(\p{L}):/u.exec(target)?.[1] ?? "" })),
  );
  if (drive !== undefined)
    throw composeRefused(
      drive.at,
      `the service ${service.name} mounts the volume ${drive.target.slice(0, 1)} by one letter, which docker takes for a drive of Windows: no task of it would start`,
      "Give the volume a longer name, or write the mount in its long form.",
    );
  const unknown = usesOf(service).find((use) => !declared.has(useKey(use)) && !(use.kind === "networks" && use.key === "default"));
  if (unknown === undefined) return;
  const { at, kind, key } = unknown;
  throw composeRefused(
    at,
    `the service ${service.name} uses the ${nounOf(kind)} ${JSON.stringify(key.slice(0, 60))}, and no file says what that is`,
    key === "" ? areVariablesSet : `Name it under \`${kind}\` at the top of a compose file.`,
  );
};

const twice = <T>(all: readonly T[], key: (one: T) => string | null): T | undefined => {
  const seen = new Set<string>();
  return all.find((one) => {
    const of = key(one);
    if (of === null) return false;
    const isAgain = seen.has(of);
    seen.add(of);
    return isAgain;
  });
};

const portKey = ({ published, protocol }: ComposeService["ports"][number]): string | null =>
  published === 0 ? null : `${published}/${protocol}`;

const assertOnce = ({ name, mounts, secrets, configs, ports }: ComposeService): void => {
  const mount = twice(mounts, ({ target }) => target);
  if (mount !== undefined)
    throw composeRefused(
      mount.at,
      `the service ${name} mounts two at ${JSON.stringify(mount.target.slice(0, 120))}`,
      "The Swarm takes one for each place.",
    );
  for (const [kind, uses] of [
    ["secrets", secrets],
    ["configs", configs],
  ] as const) {
    const use = twice(uses, ({ target }) => target);
    if (use !== undefined)
      throw composeRefused(
        use.at,
        `the service ${name} has two ${kind} in the file ${JSON.stringify(use.target.slice(0, 120))}`,
        "Give one of them another target.",
      );
  }
  const port = twice(ports, portKey);
  if (port !== undefined) throw composeRefused(port.at, `the service ${name} publishes the port ${port.published} twice`);
};

/** The mesh has each port only once; a port in host mode conflicts only with the mesh's. */
const assertPorts = ({ services }: Compose): void => {
  const taken = new Map<string, { readonly name: string; readonly mode: string }>();
  for (const { name, ports } of services) {
    for (const port of ports) {
      const key = portKey(port);
      const other = key === null ? undefined : taken.get(key);
      if (other !== undefined && other.name !== name && !(other.mode === "host" && port.mode === "host"))
        throw composeRefused(port.at, `the service ${name} publishes the port ${port.published}, as the service ${other.name} does`);
      if (key !== null) taken.set(key, { name, mode: port.mode });
    }
  }
};

/**
 * Throws `compose-refused`, by file and line, for what docker's client or the Swarm refuses in the merged files, most of it
 * only after the deploy has begun.
 */
export const assertDeployable = (compose: Compose, stack: string): void => {
  const declared = new Set(compose.objects.map(useKey));
  for (const service of compose.services) {
    assertDeploy(service);
    assertMounts(service);
    assertDeclared(declared, service);
    assertOnce(service);
    assertStartable(service);
  }
  assertPorts(compose);
  assertNames(compose, stack);
  assertTemplates(compose);
  assertObjects(compose);
};
