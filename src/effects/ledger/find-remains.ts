import { basename } from "node:path";
import { fromPromise } from "xstate";
import { ownedBy, strangersOf } from "../../machines/ledger/attribution.js";
import { entryOf, keyOf, type Ledger, type LedgerNode, type OwnableObject } from "../../machines/ledger/ledger.js";
import type { RunPorts } from "../../machines/run/run.ports.js";
import type { TeardownTarget } from "../../machines/teardown/teardown.types.js";
import type { Cookie, LockCard, Residue } from "../../machines/vocabulary.js";
import type { Engine } from "../docker/engine.js";
import { readAppRecord, writeAppRecord } from "../record/app-record.js";
import { bestEffort } from "../record/best-effort.js";
import { folderLost } from "../record/folder-lost.js";
import { createSigns, type SignSettings } from "./find-claim.js";
import { writeLedger } from "./ledger-file.js";
import { takeInventory } from "./inventory.js";
import type { HeldClaim, Ledgers } from "./ledgers.js";

interface RemainsSettings extends SignSettings {
  readonly engine: Engine;
  readonly ledgers: Ledgers;
  readonly runDir: string;
  /** Whether that is still the folder that the run created. */
  readonly hasFolder: () => boolean;
  /** The cookies of processes that a dead run of the app left. `previous`: the card of the lock's holder before us. */
  readonly cookiesOf: (target: TeardownTarget, previous: LockCard | null) => Promise<readonly Cookie[]>;
  readonly nodes: (signal: AbortSignal) => Promise<readonly LedgerNode[]>;
}

/** What a dead run's ledger lists counts as ours: this run continues where that one was ended. */
const inherited = (held: HeldClaim): Pick<Ledger, "own" | "named"> => {
  if (held.claim.kind !== "ledger") return { own: [], named: {} };
  const { own, named } = held.claim.ledger;
  return { own, named };
};

/** What there is before the run has touched anything. */
interface Before {
  readonly objects: readonly OwnableObject[];
  /** Those of them that a dead run of the app left. */
  readonly own: readonly OwnableObject[];
  readonly held: HeldClaim;
  readonly nodes: readonly LedgerNode[];
}

const newLedger = ({ domain, stack }: TeardownTarget, { objects, own, held, nodes }: Before): Ledger => {
  const left = inherited(held);
  const [ours, known] = [new Set(own.map(keyOf)), new Set(left.own.map(keyOf))];
  return {
    schema: 1,
    domain,
    stack,
    takenAt: held.claim.kind === "ledger" ? held.claim.ledger.takenAt : new Date().toISOString(),
    closedAt: null,
    foreign: objects.map(keyOf).filter((key) => !ours.has(key)),
    own: [...left.own, ...own.filter((object) => !known.has(keyOf(object))).map(entryOf)],
    named: left.named,
    nodes: held.claim.kind === "ledger" ? held.claim.ledger.nodes : nodes,
  };
};

/** From here on our ledger lists what the dead run owned, so that run's ledger is closed: one app must not have two open ones. */
const closeInherited = ({ claim, runDir }: HeldClaim, own: string): void => {
  if (claim.kind !== "ledger" || runDir === null || runDir === own) return;
  bestEffort(() => writeLedger(runDir, { ...claim.ledger, closedAt: new Date().toISOString() }));
};

const asResidue = ({ kind, name }: OwnableObject): Residue => ({ kind, name });

/**
 * Lists everything before the run has touched anything, and opens its ledger: what a dead run of this app left is this run's
 * to remove, and everything else is foreign for ever.
 *
 * The app's record points to the ledger before this resolves, so that it is found after a reboot, which empties the
 * lock folder.
 */
export const findRemains = (settings: RemainsSettings): RunPorts["findRemains"] =>
  fromPromise(async ({ input, signal }) => {
    const { engine, ledgers, runsDir, serversDir, runDir } = settings;
    const [objects, cookies, nodes] = await Promise.all([
      takeInventory(engine, serversDir, input, signal),
      settings.cookiesOf(input, input.previous),
      settings.nodes(signal),
    ]);
    // If somebody replaced the folder, a ledger in it would be theirs, and nobody could learn from it what belongs to this run.
    if (!settings.hasFolder()) throw folderLost(`the run's folder ${runDir} was removed or replaced before its ledger was opened`);
    const held = createSigns({ runsDir, serversDir }).claimOf(input.domain, input.previous);
    const own = ownedBy(held.claim, objects, input.stack);
    ledgers.open(runDir, newLedger(input, { objects, own, held, nodes }));
    closeInherited(held, runDir);
    writeAppRecord(runsDir, input.domain, { ...readAppRecord(runsDir, input.domain), ledger: basename(runDir) });
    return { residue: own.map(asResidue), unclaimed: strangersOf(held.claim, objects, input.stack).map(asResidue), cookies };
  });
