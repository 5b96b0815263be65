import { refuse } from "../refusal.js";
import { labelsOf } from "./pairs.js";
import { inFolder } from "./paths.js";
import { isMap, type Yaml } from "./schema.js";

const kinds = { networks: "network", volumes: "volume", secrets: "secret", configs: "config" } as const;

/** `external: {name: n}` is the old way to say `external: true` and `name: n`. */
const external = (kind: string, key: string, thing: Yaml): Yaml => {
  const said = thing["external"];
  const old = isMap(said) ? (said["name"] ?? "") : "";
  if (old !== "" && (thing["name"] ?? "") !== "")
    refuse(`${kind} ${key}: ${kind}.external.name and ${kind}.name conflict; only use ${kind}.name`);
  return { ...thing, external: true, name: old || thing["name"] || key };
};

const loadObject = (section: keyof typeof kinds, key: string, thing: Yaml, folder: string): Yaml => {
  const kind = kinds[section];
  const isExternal = isMap(thing["external"]) || thing["external"] === true;
  const conflict = ["driver", "driver_opts", "labels"].find(
    (one) =>
      isExternal &&
      kind === "volume" &&
      Object.keys(labelsOf(thing[one])).length + (typeof thing[one] === "string" ? thing[one].length : 0) > 0,
  );
  if (conflict !== undefined) refuse(`conflicting parameters "external" and "${conflict}" specified for volume "${key}"`);
  if (isExternal) return external(kind, key, thing);
  if (kind === "network" || kind === "volume") return thing;
  const file = String(thing["file"] ?? "");
  if ((thing["driver"] ?? "") === "") return { ...thing, file: inFolder(folder, file) };
  return file === "" ? thing : refuse(`${kind} ${key}: ${kind}.driver and ${kind}.file conflict; only use ${kind}.driver`);
};

/** The networks, volumes, secrets and configs of one file. */
export const loadObjects = (document: Yaml, folder: string): Yaml =>
  Object.fromEntries(
    (["networks", "volumes", "secrets", "configs"] as const).map((section) => {
      const things = isMap(document[section]) ? document[section] : {};
      return [
        section,
        Object.fromEntries(
          Object.entries(things).map(([key, thing]) => [key, loadObject(section, key, isMap(thing) ? thing : {}, folder)]),
        ),
      ];
    }),
  );
