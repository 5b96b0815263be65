import { nounOf, type ComposeObject, type ObjectKind } from "../compose/compose-objects.js";
import { usedKeys } from "../compose/object-uses.js";
import type { Compose } from "../compose/resolve-compose.js";
import type { Engine } from "../docker/engine.js";
import { listKind } from "../docker/list-objects.js";
import { policyDenied, type Finding } from "./finding.js";

/** An external object of the app's own, which must be there before the deploy. */
export interface AwaitedObject {
  readonly kind: ObjectKind;
  /** Its name on the Swarm. */
  readonly name: string;
  /** What to say if nobody has made it. */
  readonly finding: Finding;
}

const secretHelp =
  "abra makes it, unless the line of its version in .env.sample says generate=false: then an install_steps.sh of the operator's has to insert it: docs/tests-and-hooks.md.";
const otherHelp =
  "Its name is of this run alone, so that nobody else makes it: take external away, or make it in an install_steps.sh of the operator's: docs/tests-and-hooks.md.";

const awaited = ({ kind, name, at }: ComposeObject): AwaitedObject => ({
  kind,
  name,
  finding: {
    at,
    what: `the ${nounOf(kind)} ${name} is external and is not there`,
    allow: null,
    instead: kind === "secrets" ? secretHelp : otherHelp,
  },
});

/** What of the app's own the services use, and docker does not make. What the operator's overlay says is not in it. */
export const awaitedObjects = (compose: Compose, stack: string, trustedFile: string | null): readonly AwaitedObject[] => {
  const used = usedKeys(compose);
  const isAwaited = ({ kind, key, name, external, at }: ComposeObject): boolean =>
    external && name.startsWith(`${stack}_`) && used[kind].has(key) && at.file !== trustedFile;
  return compose.objects.filter(isAwaited).map(awaited);
};

/** Asks the engine whether all of them have been made. Rejects with `policy-denied` (1), which names those that have not. */
export const assertMade = async (engine: Engine, recipe: string, objects: readonly AwaitedObject[], signal: AbortSignal): Promise<void> => {
  const kinds = [...new Set(objects.map(({ kind }) => kind))];
  const lists = await Promise.all(
    kinds.map(async (kind) => [kind, new Set((await listKind(engine, nounOf(kind), signal)).map(({ name }) => name))] as const),
  );
  const there = new Map(lists);
  const missing = objects.filter(({ kind, name }) => there.get(kind)?.has(name) !== true);
  if (missing.length > 0)
    throw policyDenied(
      recipe,
      missing.map(({ finding }) => finding),
    );
};
