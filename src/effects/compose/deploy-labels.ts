import type { ComposeService } from "./compose-service.js";
import { isTrue, mapIn, textOf } from "./read-tree.js";
import type { Compose } from "./resolve-compose.js";
import type { Place } from "./compose-refused.js";

export interface DeployLabel {
  readonly value: string;
  readonly at: Place;
}

/** The labels that a service gets on the Swarm: those of `deploy`, not of its containers. */
const deployLabels = ({ name, rest }: ComposeService): ReadonlyMap<string, DeployLabel> => {
  const deploy = mapIn(rest.entries.get("deploy"), `deploy of the service ${name}`);
  const labels = mapIn(deploy.get("labels"), `labels of the service ${name}`);
  return new Map([...labels].map(([key, tree]) => [key, { value: textOf(tree), at: tree.at }]));
};

/** What the recipe says that its version is, by the label on the service `app`; null where it says nothing. */
export const versionLabel = ({ services }: Compose, stack: string): DeployLabel | null => {
  const app = services.find(({ name }) => name === "app");
  const label = app === undefined ? undefined : deployLabels(app).get(`coop-cloud.${stack}.version`);
  return label === undefined || label.value === "" ? null : label;
};

/** Whether any service has its data backed up. */
export const isBackedUp = ({ services }: Compose): boolean => services.some((service) => isTrue({ kind: "scalar", value: deployLabels(service).get("backupbot.backup")?.value ?? "", at: service.at, size: 1 }));
