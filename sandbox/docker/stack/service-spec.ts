import { protocolOf } from "../../../src/effects/compose/protocols.js";
import type { Port, ServiceSpec } from "../../engine/schema.js";
import { labelsOf } from "../compose/pairs.js";
import { isMap, type Yaml } from "../compose/schema.js";
import { attachmentsOf } from "./attachments.js";
import { containerSpec } from "./container-spec.js";
import { modeOf, placementOf, updateOf } from "./deploy-section.js";
import { given, said, section } from "./fields.js";
import type { Known } from "./known.js";
import { stackLabel } from "./names.js";
import { resourcesOf } from "./resources.js";
import { restartOf } from "./restart-policy.js";

/** The Swarm takes an unknown mode for the first one. */
const portsOf = (service: Yaml): readonly Port[] =>
  (Array.isArray(service["ports"]) ? service["ports"] : []).map((port: Yaml) => ({
    Protocol: protocolOf(String(port["protocol"])),
    TargetPort: Number(port["target"] ?? 0),
    ...(Number(port["published"] ?? 0) === 0 ? {} : { PublishedPort: Number(port["published"]) }),
    PublishMode: String(port["mode"]).toLowerCase() === "host" ? "host" : "ingress",
  }));

const logDriverOf = (logging: unknown): object | undefined =>
  isMap(logging) ? given<object>({ Name: said(logging["driver"]), Options: logging["options"] }) : undefined;

/** What the files say about one service, in the engine's form. */
export const serviceSpec = (stack: string, key: string, service: Yaml, known: Known): ServiceSpec => {
  const deploy = section(service, "deploy");
  const image = typeof service["image"] === "string" ? service["image"] : "";
  const ports = portsOf(service);
  return {
    Name: `${stack}_${key}`,
    Labels: { ...labelsOf(deploy["labels"]), "com.docker.stack.image": image, [stackLabel]: stack },
    TaskTemplate: {
      ContainerSpec: containerSpec(stack, image, service, known),
      Resources: resourcesOf(deploy) ?? {},
      ...given<object>({ RestartPolicy: restartOf(service), LogDriver: logDriverOf(service["logging"]) }),
      Placement: placementOf(deploy),
      Networks: attachmentsOf(key, service, known),
      ForceUpdate: 0,
      Runtime: "container",
    },
    Mode: modeOf(deploy),
    ...given<object>({ UpdateConfig: updateOf(deploy["update_config"]), RollbackConfig: updateOf(deploy["rollback_config"]) }),
    // The Swarm refuses an unknown mode.
    EndpointSpec: {
      Mode: (said(deploy["endpoint_mode"]) ?? "vip").toLowerCase() as "vip" | "dnsrr",
      ...(ports.length === 0 ? {} : { Ports: ports }),
    },
  };
};
