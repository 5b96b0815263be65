import { readFileSync } from "node:fs";
import { beyondSandbox } from "../../../src/effects/abra/beyond-sandbox.js";
import { fillTemplate, type Filled, type TemplateScope } from "../../../src/effects/compose/swarm-template.js";
import type { ContainerSpec, KeptFile } from "../schema.js";
import { node } from "../swarm/node.js";
import type { World } from "../world/world.js";

interface TaskFacts {
  readonly serviceId: string;
  readonly serviceName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly slot: number | null;
  readonly taskId: string;
  readonly taskName: string;
}

/** The values that a node fills into the templates of one task. */
export const scopeOf = ({ serviceId, serviceName, labels, slot, taskId, taskName }: TaskFacts): TemplateScope => ({
  fields: {
    "Service.ID": serviceId,
    "Service.Name": serviceName,
    "Node.ID": node.id,
    "Node.Hostname": node.hostname,
    "Node.Platform.Architecture": node.arch,
    "Node.Platform.OS": node.os,
    "Task.ID": taskId,
    "Task.Name": taskName,
    "Task.Slot": String(slot || node.id),
  },
  labels,
  functions: {},
});

const textOf = (filled: Filled): string => {
  if ("text" in filled) return filled.text;
  throw new Error("wrong" in filled ? `template: expansion: ${filled.wrong}` : beyondSandbox("this template"));
};

/** The spec with its variables, mounts and hostname filled in. Throws with a message similar to the Swarm's. */
export const fillSpec = (spec: ContainerSpec, scope: TemplateScope): ContainerSpec => {
  const fill = (text: string): string => textOf(fillTemplate(text, scope));
  const variable = (pair: string): string => `${pair.slice(0, pair.indexOf("=") + 1)}${fill(pair.slice(pair.indexOf("=") + 1))}`;
  return {
    ...spec,
    ...(spec.Env === undefined ? {} : { Env: spec.Env.map((pair) => (pair.includes("=") ? variable(pair) : pair)) }),
    ...(spec.Hostname === undefined ? {} : { Hostname: fill(spec.Hostname) }),
    ...(spec.Mounts === undefined
      ? {}
      : {
          Mounts: spec.Mounts.map((mount) => ({
            ...mount,
            Target: fill(mount.Target),
            ...(mount.Source === undefined ? {} : { Source: fill(mount.Source) }),
          })),
        }),
  };
};

const inEnv = ({ Env = [] }: ContainerSpec, name: string): string => {
  const pair = Env.find((one) => one.startsWith(`${name}=`));
  return pair === undefined ? "" : pair.slice(name.length + 1);
};

/** The content of a secret or config in a container: the node fills in a template, which can refer to the container's own values. */
export const contentOf = (
  { place }: Pick<World, "place">,
  spec: ContainerSpec,
  kept: KeptFile | null,
  file: string,
  scope: TemplateScope,
): Buffer => {
  const content = readFileSync(file);
  const driver = kept?.Spec.Templating?.Name;
  if (driver === undefined) return content;
  if (driver !== "golang") throw new Error(`failed to expand templated file ${kept?.ID ?? ""}: unrecognized template type`);
  const read = (folder: string, name: string | undefined): string | null =>
    name === undefined ? null : readFileSync(place.path(folder, name), "utf8");
  const functions = {
    env: (name: string) => inEnv(spec, name),
    secret: (target: string) => read("secret-data", spec.Secrets?.find(({ File }) => File?.Name === target)?.SecretName),
    config: (target: string) => read("config-data", spec.Configs?.find(({ File }) => File?.Name === target)?.ConfigName),
  };
  return Buffer.from(textOf(fillTemplate(content.toString(), { ...scope, functions })));
};
