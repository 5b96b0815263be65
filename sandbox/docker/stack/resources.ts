import { nanoCpus } from "../../../src/effects/compose/forms.js";
import type { TaskTemplate } from "../../engine/schema.js";
import { isMap, type Yaml } from "../compose/schema.js";
import { refuse } from "../refusal.js";
import { given, number, said, section } from "./fields.js";

const cpusOf = (value: unknown): number | undefined => {
  const text = said(value);
  return text === undefined ? undefined : (nanoCpus(text) ?? refuse(`failed to parse ${text} as a rational number`));
};

const genericOf = (value: unknown): readonly object[] | undefined =>
  Array.isArray(value)
    ? value.map((one: Yaml) =>
        isMap(one["discrete_resource_spec"])
          ? {
              DiscreteResourceSpec: {
                Kind: one["discrete_resource_spec"]["kind"],
                Value: Number(one["discrete_resource_spec"]["value"] ?? 0),
              },
            }
          : {},
      )
    : undefined;

/** What a service's tasks may use at most, and what a node keeps for them. */
export const resourcesOf = (deploy: Yaml): TaskTemplate["Resources"] => {
  const resources = section(deploy, "resources");
  const of = (thing: Yaml): object | undefined =>
    Object.keys(thing).length === 0
      ? undefined
      : given<object>({
          NanoCPUs: cpusOf(thing["cpus"]),
          MemoryBytes: number(thing["memory"]),
          Pids: number(thing["pids"]),
          GenericResources: genericOf(thing["generic_resources"]),
        });
  return given<NonNullable<TaskTemplate["Resources"]>>({
    Limits: of(section(resources, "limits")),
    Reservations: of(section(resources, "reservations")),
  });
};
