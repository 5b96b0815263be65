import type { AskedOfAll } from "../convergence/stack-watch.js";
import type { Version } from "../plan.js";

/** A file of ours in a volume of the app, which shows whether the volume's data survived. */
export interface Marker {
  /** The volume's name on the Swarm. */
  readonly volume: string;
  /** Its path within the volume. */
  readonly file: string;
  readonly content: string;
}

/** What the operations on a deployment have done so far. Each operation gets this and passes it on with its own additions. */
export interface Facts {
  /** The version that runs now, or that the last operation meant to run. */
  readonly version: Version;
  /** The markers as they should be found, and as a backup holds them. */
  readonly markers: readonly Marker[];
  /** For each service, when its last update before ours began (ISO 8601); null: it never had one. */
  readonly updatesBefore: Readonly<Record<string, string | null>>;
  /** The recipe's version in the app's label: before the upgrade, and as the new version's files say; null if nothing was upgraded. */
  readonly labels: { readonly before: string | null; readonly meant: string | null } | null;
  /** What the Swarm asked of the services right after the upgrade was submitted; null if nothing was upgraded. */
  readonly asked: AskedOfAll | null;
  /** The snapshot that was made, by the backup service's name for it; null: none yet. */
  readonly snapshot: string | null;
}

/** The facts of a deployment to which nothing has been done yet. */
export const firstFacts = (version: Version): Facts => ({
  version,
  markers: [],
  updatesBefore: {},
  labels: null,
  asked: null,
  snapshot: null,
});
