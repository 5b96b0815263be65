import { readFileSync } from "node:fs";
import { beyondSandbox } from "../../../src/effects/abra/beyond-sandbox.js";
import { emptyScope, fillTemplate } from "../../../src/effects/compose/swarm-template.js";
import type { KeptFile } from "../../engine/schema.js";
import { daemonSaid } from "../api.js";
import { mapIn } from "../compose/load.js";
import { labelsOf } from "../compose/pairs.js";
import { refuse } from "../refusal.js";
import { step, type Deploy } from "./deployment.js";
import type { Known } from "./known.js";
import { isExternal, nameOf, stackLabel } from "./names.js";

const found = (): string => "";

/** Only the node knows what these functions find. */
const knownFunctions = { ...emptyScope, functions: { env: found, secret: found, config: found } };

/** Creates or updates a stack's secrets or configs, and finds the external ones. */
export const createFiles = async (deploy: Deploy, word: "secret" | "config"): Promise<Known["secrets" | "configs"]> => {
  const { api, stack, document, out } = deploy;
  const known = new Map<string, { readonly name: string; readonly id: string | null }>();
  for (const [key, thing] of Object.entries(mapIn(document, `${word}s`))) {
    const name = nameOf(stack, key, thing);
    const path = `/${word}s/${encodeURIComponent(name)}`;
    const before = await api.find<KeptFile>(path);
    if (isExternal(thing)) {
      known.set(key, { name, id: before?.ID ?? null });
      continue;
    }
    if (thing["driver"] !== undefined) refuse(beyondSandbox(`${word}s with a driver ("${key}")`));
    const file = String(thing["file"] ?? "");
    let content: Buffer;
    try {
      content = readFileSync(file);
    } catch {
      return refuse(`open ${file}: no such file or directory`);
    }
    const template = thing["template_driver"];
    if (template === "golang" && "unknown" in fillTemplate(content.toString(), knownFunctions))
      refuse(beyondSandbox(`what stands in the template of the ${word} "${key}"`));
    const body = {
      ...(typeof template === "string" && template !== "" ? { Templating: { Name: template } } : {}),
      Name: name,
      Labels: { ...labelsOf(thing["labels"]), [stackLabel]: stack },
      Data: content.toString("base64"),
    };
    step(deploy);
    try {
      if (before === null) {
        out(`Creating ${word} ${name}\n`);
        known.set(key, { name, id: (await api.ask<{ ID: string }>("POST", `/${word}s/create`, { body })).ID });
      } else {
        await api.ask("POST", `${path}/update`, { query: { version: String(before.Version.Index) }, body });
        known.set(key, { name, id: before.ID });
      }
    } catch (error) {
      refuse(`failed to ${before === null ? "create" : "update"} ${word} ${name}: ${daemonSaid(error)}`);
    }
  }
  return known;
};
