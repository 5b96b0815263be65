import { isImageName } from "../../../src/effects/compose/image-name.js";
import type { Service } from "../../engine/schema.js";
import { daemonSaid, DaemonSaid } from "../api.js";
import { mapIn } from "../compose/load.js";
import { ignoredIn, type Yaml } from "../compose/schema.js";
import { Refusal, refuse } from "../refusal.js";
import { step, type Deploy } from "./deployment.js";
import { createFiles } from "./files.js";
import type { Known } from "./known.js";
import { createNetworks } from "./networks.js";
import { serviceSpec } from "./service-spec.js";

const assertImages = (services: Readonly<Record<string, Yaml>>): void => {
  for (const [key, service] of Object.entries(services)) {
    const image = typeof service["image"] === "string" ? service["image"] : "";
    if (image === "") refuse(`invalid image reference for service ${key}: no image specified`);
    if (!isImageName(image)) refuse(`invalid image reference for service ${key}: invalid reference format`);
  }
};

/** Like the real one it is not transactional: what was created before a failure stays. */
export const deployStack = async (deploy: Deploy): Promise<void> => {
  const { api, stack, document, out, err } = deploy;
  const services = mapIn(document, "services");
  assertImages(services);
  for (const line of ignoredIn(services)) err(`${line}\n`);
  const networks = await createNetworks(deploy);
  const known: Known = {
    networks,
    volumes: mapIn(document, "volumes"),
    secrets: await createFiles(deploy, "secret"),
    configs: await createFiles(deploy, "config"),
  };
  const specs = Object.entries(services).map(([key, service]) => {
    try {
      return serviceSpec(stack, key, service, known);
    } catch (error) {
      return error instanceof Refusal ? refuse(`service ${key}: ${error.message}`) : refuse(String(error));
    }
  });
  for (const spec of specs) {
    step(deploy);
    const path = `/services/${encodeURIComponent(spec.Name)}`;
    const before = await api.find<Service>(path);
    out(before === null ? `Creating service ${spec.Name}\n` : `Updating service ${spec.Name} (id: ${before.ID})\n`);
    try {
      if (before === null) await api.ask("POST", "/services/create", { body: spec });
      else
        await api.ask("POST", `${path}/update`, {
          query: { version: String(before.Version.Index) },
          body: { ...spec, TaskTemplate: { ...spec.TaskTemplate, ForceUpdate: before.Spec.TaskTemplate.ForceUpdate ?? 0 } },
        });
    } catch (error) {
      const said = error instanceof DaemonSaid ? daemonSaid(error) : String(error);
      refuse(`failed to ${before === null ? "create" : "update"} service ${spec.Name}: ${said}`);
    }
  }
};
