import type { TaskTemplate } from "../../engine/schema.js";
import { labelsOf } from "../compose/pairs.js";
import { isMap, type Yaml } from "../compose/schema.js";
import { refuse } from "../refusal.js";
import { texts } from "./fields.js";
import type { Known } from "./known.js";

type Attachment = NonNullable<TaskTemplate["Networks"]>[number];

/** The networks of a service's tasks: `default` if the service names none. */
export const attachmentsOf = (key: string, service: Yaml, { networks }: Known): readonly Attachment[] => {
  const asked = service["networks"];
  const wanted = isMap(asked) && Object.keys(asked).length > 0 ? asked : { default: null };
  return Object.entries(wanted).map(([name, options]) => {
    const network = networks.get(name);
    if (network === undefined) return refuse(`undefined network "${name}"`);
    const driverOptions = isMap(options) ? labelsOf(options["driver_opts"]) : {};
    return {
      Target: network.id,
      Aliases: [...(isMap(options) ? (texts(options["aliases"]) ?? []) : []), ...(network.hasAliases ? [key] : [])],
      ...(Object.keys(driverOptions).length === 0 ? {} : { DriverOpts: driverOptions }),
    };
  });
};
