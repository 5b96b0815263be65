import { fromPromise } from "xstate";
import type { Claim } from "../../machines/ledger/attribution.js";
import type { TeardownPorts } from "../../machines/teardown/teardown.ports.js";
import type { NodesAnswer } from "../../machines/teardown/teardown.types.js";
import type { StackName } from "../../machines/vocabulary.js";
import { retryUntilAborted } from "../docker/retry-until-aborted.js";
import type { Ledgers } from "../ledger/ledgers.js";
import { askNodes, type JobSettings, type NodeAsk, type NodeSaid } from "./job.js";
import { mayHold, otherNodes, type OtherNode } from "./nodes.js";

interface CleanNodesSettings extends JobSettings {
  readonly ledgers: Ledgers;
  /** Whether there can be no other node, as in the sandbox. */
  readonly isAlone: boolean;
}

const nobody: NodesAnswer = { residue: [], unasked: [] };

/** Whether a task of the app may have been placed anywhere. */
const wasPlaced = (claim: Claim): boolean => {
  if (claim.kind === "none") return false;
  return claim.kind !== "ledger" || claim.ledger.own.some(({ kind }) => kind === "service" || kind === "container");
};

const askFor = (claim: Claim, stack: StackName): NodeAsk =>
  claim.kind === "ledger"
    ? { stack, named: claim.ledger.named.volume ?? [], ageMs: Math.max(0, Date.now() - Date.parse(claim.ledger.takenAt)), remove: true }
    : { stack, named: [], ageMs: 0, remove: true };

const answerOf = (nodes: readonly OtherNode[], said: ReadonlyMap<string, NodeSaid>): NodesAnswer => {
  const answers = nodes.map((node) => ({
    node,
    answer: node.why === null ? (said.get(node.id) ?? { why: "it did not answer" }) : { why: node.why },
  }));
  return {
    residue: answers.flatMap(({ node, answer }) =>
      "left" in answer ? answer.left.map(({ kind, name }) => ({ kind, name: `${name} on ${node.name}` })) : [],
    ),
    unasked: answers.flatMap(({ node, answer }) => ("why" in answer ? [{ node: node.name, why: answer.why }] : [])),
  };
};

/**
 * Has every other node remove what it has of the app. If the Swarm has one node, or nothing of the app was ever placed, only
 * counts the nodes.
 */
export const cleanNodes = (settings: CleanNodesSettings): TeardownPorts["cleanNodes"] =>
  fromPromise(async ({ input: { domain, stack }, signal }) => {
    const claim = settings.ledgers.claimOf(domain);
    if (settings.isAlone || !wasPlaced(claim)) return nobody;
    const before = claim.kind === "ledger" ? claim.ledger.nodes : [];
    const nodes = (await retryUntilAborted(() => otherNodes(settings.engine, signal), signal)).filter((node) => mayHold(node, before));
    const open = nodes.filter(({ isOpen }) => isOpen).map(({ id }) => id);
    const said = open.length === 0 ? new Map<string, NodeSaid>() : await askNodes(settings, open, askFor(claim, stack), signal);
    return answerOf(nodes, said);
  });
