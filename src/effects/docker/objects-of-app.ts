import { runAppOfObject } from "../../machines/names.js";
import type { SwarmObject } from "./list-objects.js";

/** Every run app to which any object claims to belong, with the kinds of those objects. */
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
