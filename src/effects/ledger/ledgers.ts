import type { Claim } from "../../machines/ledger/attribution.js";
import { entryOf, keyOf, type Ledger, type ObjectKind, type OwnableObject } from "../../machines/ledger/ledger.js";
import type { Domain } from "../../machines/vocabulary.js";
import { sameFolder } from "../files/same-folder.js";
import { bestEffort } from "../record/best-effort.js";
import { writeLedger } from "./ledger-file.js";

/** The claim by which this process acts on an app, and the folder of the run whose ledger it is. */
export interface HeldClaim {
  readonly claim: Claim;
  readonly runDir: string | null;
}

const nobodys: HeldClaim = { claim: { kind: "none" }, runDir: null };

/** A claim, with whether its folder is still the one it was when the claim was taken. */
interface Known extends HeldClaim {
  readonly isSameFolder: () => boolean;
}

/**
 * The claims by which this process acts on apps whose lock it holds. Without a claim, nothing of an app is touched.
 *
 * They live outside the charts, like the locks, so that neither leaving a state nor a broken chart loses them.
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

  /** Takes a claim. Only for whoever holds the app's lock. */
  hold(domain: Domain, held: HeldClaim): void {
    this.#held.set(domain, { ...held, isSameFolder: held.runDir === null ? () => true : sameFolder(held.runDir) });
  }

  /** Opens a ledger of our own, which is on disk when this returns. Throws `ledger-unwritable`. */
  open(runDir: string, ledger: Ledger): void {
    writeLedger(runDir, ledger);
    this.hold(ledger.domain, { claim: { kind: "ledger", ledger }, runDir });
  }

  /** Adds objects that are now known to be the app's and writes the ledger if they are new. If the disk refuses, a teardown goes on. */
  note(domain: Domain, objects: readonly OwnableObject[]): void {
    this.#change(domain, (ledger) => {
      const known = new Set(ledger.own.map(keyOf));
      const news = objects.filter((object) => !known.has(keyOf(object))).map(entryOf);
      return news.length === 0 ? null : { ...ledger, own: [...ledger.own, ...news] };
    });
  }

  /** Adds the names that the recipe's compose files give to what they create. */
  name(domain: Domain, named: Readonly<Partial<Record<ObjectKind, readonly string[]>>>): void {
    this.#change(domain, (ledger) => ({ ...ledger, named }));
  }

  /**
   * Closes the ledger once the app is verified to be gone: what carries its name later is somebody else's. False if the ledger on disk
   * stays open.
   */
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
    // If somebody replaced the run's folder, nothing is written into the new one.
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
