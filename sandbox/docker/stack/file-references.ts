import type { ConfigReference, SecretReference } from "../../engine/schema.js";
import { isMap, type Yaml } from "../compose/schema.js";
import { refuse } from "../refusal.js";
import { said, whole } from "./fields.js";
import type { Known } from "./known.js";

/** A secret or config of a service, with the file by which its containers see it. */
interface Reference {
  readonly name: string;
  readonly id: string;
  readonly File: { readonly Name: string; readonly UID: string; readonly GID: string; readonly Mode: number };
}

/** Refuses two files of one name. */
const assertTargets = (references: readonly Reference[], kind: string): readonly Reference[] => {
  const targets = references.map(({ File }) => File.Name);
  const twice = references.find(({ File }, index) => targets.indexOf(File.Name) !== index);
  return twice === undefined ? references : refuse(`duplicate ${kind} target for ${twice.name} not allowed`);
};

const fileReferences = (value: unknown, kind: "secret" | "config", known: Known["secrets" | "configs"]): readonly Reference[] => {
  const references = (Array.isArray(value) ? value : []).map((one: unknown): Reference => {
    const long = isMap(one) ? one : {};
    const source = String(long["source"] ?? "");
    const found = known.get(source);
    if (found === undefined) return refuse(`undefined ${kind} "${source}"`);
    if (found.id === null) return refuse(`${kind} not found: ${found.name}`);
    return {
      name: found.name,
      id: found.id,
      File: {
        Name: said(long["target"]) ?? source,
        UID: said(long["uid"]) ?? "0",
        GID: said(long["gid"]) ?? "0",
        Mode: whole(long["mode"]) ?? 0o444,
      },
    };
  });
  return assertTargets(references, kind);
};

/** The secrets that a service gets as files. */
export const secretsOf = (service: Yaml, { secrets }: Known): readonly SecretReference[] =>
  fileReferences(service["secrets"], "secret", secrets).map(({ name, id, File }) => ({ File, SecretID: id, SecretName: name }));

/** The configs that a service gets as files. */
export const configsOf = (service: Yaml, { configs }: Known): readonly ConfigReference[] =>
  fileReferences(service["configs"], "config", configs).map(({ name, id, File }) => ({ File, ConfigID: id, ConfigName: name }));
