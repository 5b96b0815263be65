import type { ComposeService } from "./compose-service.js";
import { isTrue, mapIn, textOf } from "./read-tree.js";
import type { Compose } from "./resolve-compose.js";
import type { Place } from "./compose-refused.js";

export interface DeployLabel {
  readonly value: string;
  readonly at: Place;
}

/** The labels that a service gets on the Swarm: those of `deploy`, not of its containers. */
export const deployLabels = ({ name, rest }: ComposeService): ReadonlyMap<string, DeployLabel> => {
  const deploy = mapIn(rest.entries.get("deploy"), `deploy of the service ${name}`);
  const labels = mapIn(deploy.get("labels"), `labels of the service ${name}`);
  return new Map([...labels].map(([key, tree]) => [key, { value: textOf(tree), at: tree.at }]));
};

/** The service that abra labels and reads labels from. */
export const appOf = ({ services }: Compose): ComposeService | undefined => services.find(({ name }) => name === "app");

/** A label with which the service `app` tells abra something; null if it has none. */
export const abraLabel = (compose: Compose, stack: string, name: "version" | "timeout"): DeployLabel | null => {
  const app = appOf(compose);
  const label = app === undefined ? undefined : deployLabels(app).get(`coop-cloud.${stack}.${name}`);
  return label === undefined || label.value === "" ? null : label;
};

/** The recipe's version according to its label; null if it has none. */
export const versionLabel = (compose: Compose, stack: string): DeployLabel | null => abraLabel(compose, stack, "version");

/** Whether any service asks for a backup of its data. */
export const isBackedUp = ({ services }: Compose): boolean =>
  services.some((service) =>
    isTrue({ kind: "scalar", value: deployLabels(service).get("backupbot.backup")?.value ?? "", at: service.at, size: 1 }),
  );
