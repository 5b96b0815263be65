import { nounOf, type ObjectKind } from "../compose/compose-objects.js";
import { onEachNode } from "../compose/own-networks.js";
import type { Engine } from "../docker/engine.js";
import type { Info, Network, Service } from "../docker/engine-schema.js";
import { listKind } from "../docker/list-objects.js";
import { judgeApart, judgeLimits, type JudgeLimits } from "./judge-apart.js";
import { judgeApp, type AskSwarm, type CheckedApp } from "./judge-app.js";
import type { AppToCheck } from "./read-app.js";
import { isQuicklyJudged } from "./quickly-judged.js";
import { takenNames } from "./taken-routes.js";

const isOfOneNode = ({ Name, Scope }: Network): boolean => Scope !== undefined && Scope !== "swarm" && !onEachNode.has(Name);

const noInfo: Info = {};

/** Asks the engine once for each list that the question needs, and for no other. */
const swarmOf =
  (engine: Engine, stack: string, signal: AbortSignal): AskSwarm =>
  async ({ kinds, routes }) => {
    const namesOf = async (kind: ObjectKind): Promise<ReadonlySet<string>> =>
      new Set(kinds.includes(kind) ? (await listKind(engine, nounOf(kind), signal)).map(({ name }) => name) : []);
    const [networks, volumes, secrets, configs, { Swarm }, services] = await Promise.all([
      kinds.includes("networks") ? engine.json<readonly Network[]>("GET", "/networks", { signal }) : [],
      namesOf("volumes"),
      namesOf("secrets"),
      namesOf("configs"),
      kinds.includes("volumes") ? engine.json<Info>("GET", "/info", { signal }) : noInfo,
      routes ? engine.json<readonly Service[]>("GET", "/services", { signal }) : [],
    ]);
    return {
      existing: { networks: new Set(networks.map(({ Name }) => Name)), volumes, secrets, configs },
      hasOtherNodes: (Swarm?.Nodes ?? 1) > 1,
      ofOneNode: new Set(networks.filter(isOfOneNode).map(({ Name }) => Name)),
      taken: takenNames(services, stack),
    };
  };

/**
 * What the app's compose files amount to, after checking that they ask for nothing that the app may not have.
 *
 * Asks the engine only for names and changes nothing. A stop takes effect at once, whatever the files contain: files
 * that could take long are read on a thread of their own. Rejects with `compose-refused`, `recipe-file-refused` or
 * `policy-denied`, all with exit code 1.
 */
export const checkApp = async (
  input: AppToCheck,
  engine: Engine,
  signal: AbortSignal,
  limits: JudgeLimits = judgeLimits(),
): Promise<CheckedApp> => {
  const ask = swarmOf(engine, input.app.stack, signal);
  return isQuicklyJudged(input) ? judgeApp(input, ask) : judgeApart(input, ask, signal, limits);
};
