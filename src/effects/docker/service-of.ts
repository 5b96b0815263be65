import type { StackName } from "../../machines/vocabulary.js";
import type { Engine } from "./engine.js";
import type { Service } from "./engine-schema.js";
import { ofStack } from "./list-objects.js";

/** A stack's service by its name in the compose file, or null. Asked by the stack's label: a name may be anybody's. */
export const serviceOf = async (engine: Engine, stack: StackName, name: string, signal: AbortSignal): Promise<Service | null> => {
  const services = await engine.json<readonly Service[]>("GET", "/services", { query: { filters: ofStack(stack) }, signal });
  return services.find(({ Spec }) => Spec.Name === `${stack}_${name}`) ?? null;
};
