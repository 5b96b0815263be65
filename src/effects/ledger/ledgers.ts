import type { Claim } from "../../machines/ledger/attribution.js";
import { entryOf, keyOf, type Ledger, type ObjectKind, type OwnableObject } from "../../machines/ledger/ledger.js";
import type { Domain } from "../../machines/vocabulary.js";
import { sameFolder } from "../files/same-folder.js";
import { bestEffort } from "../record/best-effort.js";
import { writeLedger } from "./ledger-file.js";

/** By what this process acts on an app, and the run's folder whose ledger it is. */
export interface HeldClaim {
  readonly claim: Claim;
  readonly runDir: string | null;
}

const nobodys: HeldClaim = { claim: { kind: "none" }, runDir: null };

/** What is known of the claim's folder: whether it is the one that it was when the claim was taken. */
interface Known extends HeldClaim {
  readonly isSameFolder: () => boolean;
}

/**
 * The claims by which this process acts on apps whose lock it holds. An app without one is nobody's: nothing of it is
 * touched.
 *
 * Beside the charts, like the locks: neither a state that is left nor a broken chart forgets what is whose.
 */
export class Ledgers {
  readonly #held = new Map<Domain, Known>();
  readonly #onTrouble: (error: unknown) => void;

  constructor(onTrouble: (error: unknown) => void) {
    this.#onTrouble = onTrouble;
  }

  claimOf(domain: Domain): Claim {
    return (this.#held.get(domain) ?? nobodys).claim;
  }

  /** For whoever holds the app's lock. */
  hold(domain: Domain, held: HeldClaim): void {
    this.#held.set(domain, { ...held, isSameFolder: held.runDir === null ? () => true : sameFolder(held.runDir) });
  }

  /** A ledger of our own, on disk when this returns. Throws `ledger-unwritable`. */
  open(runDir: string, ledger: Ledger): void {
    writeLedger(runDir, ledger);
    this.hold(ledger.domain, { claim: { kind: "ledger", ledger }, runDir });
  }

  /** What is known to be the app's by now. Written down if it is news; a disk that refuses stops no teardown. */
  note(domain: Domain, objects: readonly OwnableObject[]): void {
    this.#change(domain, (ledger) => {
      const known = new Set(ledger.own.map(keyOf));
      const news = objects.filter((object) => !known.has(keyOf(object))).map(entryOf);
      return news.length === 0 ? null : { ...ledger, own: [...ledger.own, ...news] };
    });
  }

  /** The names that the recipe's compose files give to what they make. */
  name(domain: Domain, named: Readonly<Partial<Record<ObjectKind, readonly string[]>>>): void {
    this.#change(domain, (ledger) => ({ ...ledger, named }));
  }

  /** The app is verified to be gone: whatever carries its name from now on is somebody else's. False where an open ledger stays on disk. */
  close(domain: Domain): boolean {
    return this.#change(domain, (ledger) => ({ ...ledger, closedAt: new Date().toISOString() }));
  }

  /** Whether no change waits for the disk. */
  #change(domain: Domain, change: (ledger: Ledger) => Ledger | null): boolean {
    const held = this.#held.get(domain);
    if (held?.claim.kind !== "ledger") return true;
    const ledger = change(held.claim.ledger);
    if (ledger === null) return true;
    const { runDir, isSameFolder } = held;
    this.#held.set(domain, { ...held, claim: { kind: "ledger", ledger } });
    if (runDir === null) return true;
    // Nothing is written into a folder that somebody put in the place of the run's.
    if (!isSameFolder()) {
      this.#onTrouble(new Error(`the ledger of ${domain} was not written: ${runDir} was removed or replaced`));
      return true;
    }
    return (
      bestEffort(() => {
        writeLedger(runDir, ledger);
        return true;
      }, this.#onTrouble) ?? false
    );
  }
}
