import { areVariablesSet, composeRefused } from "./compose-refused.js";
import type { ComposeService } from "./compose-service.js";

const types: ReadonlySet<string> = new Set(["", "volume", "bind", "tmpfs", "npipe", "cluster", "image"]);

/** The types whose options docker's client knows. A mount without a type is a volume. */
const judged: ReadonlySet<string> = new Set(["", "volume", "bind", "tmpfs"]);

/** Whether a target counts as absolute. A Windows drive and a template are not checked. */
const isAbsolute = (target: string): boolean => target.startsWith("/") || /[\\:]|\{\{/.test(target);

/** Throws `compose-refused` for a mount that docker's client refuses, or with which every task would be rejected. */
export const assertMounts = ({ name, mounts }: ComposeService): void => {
  for (const { at, type, source, target, optionsOf } of mounts) {
    if (!types.has(type))
      throw composeRefused(at, `the service ${name} has a mount of a type that there is not`, "volume, bind and tmpfs are.");
    if (type === "tmpfs" && source !== "")
      throw composeRefused(at, `the service ${name} has a tmpfs with a source`, "Take the source out, or make it a volume.");
    const other = judged.has(type) ? optionsOf.find((one) => one !== (type || "volume")) : undefined;
    if (other !== undefined)
      throw composeRefused(
        at,
        `the service ${name} has a mount of the type ${type || "volume"} with options of the type ${other}`,
        `Take \`${other}\` out, or make the type ${other}.`,
      );
    if (target === "") throw composeRefused(at, `the service ${name} has a mount with no place in the container`, areVariablesSet);
    if (!isAbsolute(target))
      throw composeRefused(
        at,
        `the service ${name} mounts something at ${JSON.stringify(target.slice(0, 120))}, which is no absolute path: no task of it would start`,
        "Begin the path in the container with `/`.",
      );
    if (/^\/[/.]*$/.test(target) && !target.includes("..."))
      throw composeRefused(at, `the service ${name} mounts something in place of the whole file system`, "Name a folder below `/`.");
  }
};
