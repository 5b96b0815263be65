import { runAppOfObject } from "../../machines/names.js";
import type { StackName } from "../../machines/vocabulary.js";
import type { Engine } from "./engine.js";
import { everyKind, listObjects, type SwarmObject } from "./list-objects.js";

const belongs = (object: SwarmObject, stack: StackName, known: ReadonlySet<string>): boolean => {
  if (object.stackLabel !== null) return object.stackLabel === stack;
  if (!object.name.startsWith(`${stack}_`)) return false;
  for (const other of known) if (other.length > stack.length && object.name.startsWith(`${other}_`)) return false;
  return true;
};

/** The objects of one stack, by label or, where there is none, by exact prefix that no longer-named stack claims. */
export const objectsOfStack = async (engine: Engine, stack: StackName, signal?: AbortSignal, kinds = everyKind): Promise<readonly SwarmObject[]> => {
  const all = await listObjects(engine, signal, kinds);
  const known = new Set(all.flatMap(({ stackLabel }) => stackLabel ?? []));
  return all.filter((object) => belongs(object, stack, known));
};

/** Every run app that any object names, with the kinds that do. */
export const runAppsOf = (objects: readonly SwarmObject[], zone: string): ReadonlyMap<string, readonly string[]> => {
  const known = new Set(objects.flatMap(({ stackLabel }) => stackLabel ?? []));
  const apps = new Map<string, string[]>();
  for (const object of objects) {
    const domain = runAppOfObject(object, zone, known);
    if (domain === null) continue;
    const seen = apps.get(domain) ?? [];
    if (!seen.includes(object.kind)) seen.push(object.kind);
    apps.set(domain, seen);
  }
  return apps;
};
