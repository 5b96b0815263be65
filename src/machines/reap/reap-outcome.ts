import type { LockCard } from "../vocabulary.js";
import type { Probe, ReapContext, ReapOutcome } from "./reap.types.js";

/** Twice the longest time that a run may take. A lock that is held longer is reported, never stolen. ms */
const longHeldMs = 120 * 60_000;

/** An app may have many objects; a few of them show which app it is. */
const namedMax = 3;

const holder = (card: LockCard | null): string =>
  card?.runId ? `run ${card.runId}${card.link === null ? "" : ` (${card.link})`}` : "a live process";

/** The outcome of an app that is left alone, with the reason. */
export const keptBecause = (probe: Exclude<Probe, { kind: "orphan" }>): ReapOutcome => {
  switch (probe.kind) {
    case "unclaimed":
      return {
        kind: "unclaimed",
        why: `nothing says that a run made it${probe.what.length === 0 ? "" : ` (${probe.what.slice(0, namedMax).join(", ")}${probe.what.length > namedMax ? ", …" : ""})`}`,
      };
    case "held":
      return {
        kind: "kept",
        why: `its lock is held by ${holder(probe.card)}`,
        held: true,
        warning:
          probe.heldMs !== null && probe.heldMs > longHeldMs
            ? `possible leaked run: held for ${Math.floor(probe.heldMs / 60_000)} minutes`
            : null,
      };
    case "replaced":
      return { kind: "kept", why: "its lock file was replaced: a newer run owns the app", held: true, warning: null };
    case "unusable":
      return { kind: "kept", why: `its lock file cannot be used: ${probe.reason}`, held: false, warning: probe.reason };
    case "postponed":
      return {
        kind: "kept",
        why: `reaping failed ${probe.failures} times; next try at ${probe.until}`,
        held: false,
        warning: `dirty: ${probe.failures} failed reaps`,
      };
  }
};

/** The outcome of the reap, from what the machine remembers. */
export const outcomeOf = ({ probe, cleanliness, failure, dryRun }: ReapContext): ReapOutcome => {
  if (cleanliness?.kind === "clean") return { kind: "reaped" };
  if (cleanliness?.kind === "unverified") {
    return { kind: "failed", why: `not verified: ${cleanliness.nodes.map(({ node, why }) => `${node} (${why})`).join(", ")}`, cleanliness };
  }
  if (cleanliness !== null) return { kind: "failed", why: failure ?? "residue is left", cleanliness };
  if (failure !== null) return { kind: "failed", why: failure, cleanliness: { kind: "unknown" } };
  if (probe === null) return { kind: "failed", why: "the lock was never probed", cleanliness: { kind: "unknown" } };
  if (probe.kind !== "orphan") return keptBecause(probe);
  return dryRun ? { kind: "would-reap" } : { kind: "failed", why: "not torn down", cleanliness: { kind: "unknown" } };
};
