import type { Version } from "../plan.js";

/** A file of ours in a volume of the app: what survives is told by it. */
export interface Marker {
  /** The volume's name on the Swarm. */
  readonly volume: string;
  /** Within the volume. */
  readonly file: string;
  readonly content: string;
}

/** What the operations of a deployment have done so far: each gets it, and hands on what it added. */
export interface Facts {
  /** What runs now, or what the last operation meant to run. */
  readonly version: Version;
  /** As they should be found; what a backup holds. */
  readonly markers: readonly Marker[];
  /** For each service the moment at which its last update began (ISO 8601), as it was before ours; null: it never had one. */
  readonly updatesBefore: Readonly<Record<string, string | null>>;
  /** The recipe's version by the app's label: before the upgrade, and as the new version's files have it; null before an upgrade. */
  readonly labels: { readonly before: string | null; readonly meant: string | null } | null;
  /** The backup service's name of the snapshot that was made; null before. */
  readonly snapshot: string | null;
}

/** Of a deployment that nothing has been done to yet. */
export const firstFacts = (version: Version): Facts => ({ version, markers: [], updatesBefore: {}, labels: null, snapshot: null });
