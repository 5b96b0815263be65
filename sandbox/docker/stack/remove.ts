import type { KeptFile, NetworkDocument, Service } from "../../engine/schema.js";
import { daemonSaid, type Api } from "../api.js";
import { refuse } from "../refusal.js";
import { inStack } from "./names.js";

/** Returns when the removal is ordered and not when it is done: containers and networks outlive the call. */
export const removeStack = async (api: Api, stack: string, out: (text: string) => void, err: (text: string) => void): Promise<void> => {
  const query = inStack(stack);
  const services = await api.ask<readonly Service[]>("GET", "/services", { query });
  const secrets = await api.ask<readonly KeptFile[]>("GET", "/secrets", { query });
  const configs = await api.ask<readonly KeptFile[]>("GET", "/configs", { query });
  const networks = await api.ask<readonly NetworkDocument[]>("GET", "/networks", { query });
  if (services.length + secrets.length + configs.length + networks.length === 0) {
    err(`Nothing found in stack: ${stack}\n`);
    return;
  }
  let hasFailed = false;
  const remove = async (word: string, name: string, id: string): Promise<void> => {
    out(`Removing ${word} ${name}\n`);
    try {
      await api.ask("DELETE", `/${word}s/${id}`);
    } catch (error) {
      err(`Failed to remove ${word} ${id}: ${daemonSaid(error)}`);
      hasFailed = true;
    }
  };
  for (const { ID, Spec } of services) await remove("service", Spec.Name, ID);
  for (const { ID, Spec } of secrets) await remove("secret", Spec.Name, ID);
  for (const { ID, Spec } of configs) await remove("config", Spec.Name, ID);
  for (const { Id, Name } of networks) await remove("network", Name, Id);
  if (hasFailed) refuse(`failed to remove some resources from stack: ${stack}`);
};
