import { closeSync, fsyncSync, openSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { RunError } from "../../machines/errors.js";
import type { Ledger } from "../../machines/ledger/ledger.js";
import type { Domain, StackName } from "../../machines/vocabulary.js";
import { readRegular } from "../files/regular-file.js";
import { replaceFile } from "../record/atomic-file.js";
import { bestEffort } from "../record/best-effort.js";

const names = v.exactOptional(v.array(v.string()));

const schema = v.object({
  schema: v.literal(1),
  domain: v.pipe(v.string(), v.transform((text) => text as Domain)),
  stack: v.pipe(v.string(), v.transform((text) => text as StackName)),
  takenAt: v.string(),
  closedAt: v.nullable(v.string()),
  foreign: v.array(v.string()),
  own: v.array(v.object({ kind: v.picklist(["service", "container", "volume", "secret", "config", "network", "env"]), id: v.string(), name: v.string() })),
  named: v.object({ service: names, container: names, volume: names, secret: names, config: names, network: names }),
  nodes: v.array(v.object({ id: v.string(), version: v.number(), isOpen: v.boolean() })),
});

/** A Swarm of ten thousand objects takes a megabyte. */
const bytesMax = 32 * 1024 * 1024;

export const ledgerFile = (runDir: string): string => join(runDir, "ledger.json");

/** The ledger of a run, or null where there is none that can be read. Only a regular file of sane size is. */
export const readLedger = (runDir: string): Ledger | null =>
  bestEffort(() => {
    const parsed = v.safeParse(schema, JSON.parse(readRegular(ledgerFile(runDir), bytesMax).toString("utf8")));
    return parsed.success ? parsed.output : null;
  });

const syncFolder = (folder: string): void => {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};

/**
 * The ledger is on disk when this returns, its name in the folder too. Throws `ledger-unwritable`, exit code 69: what
 * nobody could tell from the run's own afterwards must not be made.
 */
export const writeLedger = (runDir: string, ledger: Ledger): void => {
  try {
    replaceFile(ledgerFile(runDir), `${JSON.stringify(ledger)}\n`);
    syncFolder(runDir);
  } catch (error) {
    throw new RunError("ledger-unwritable", `${ledgerFile(runDir)} could not be written: ${error instanceof Error ? error.message : String(error)}`, {
      hint: "Is the disk full, or the runs folder read-only? Nothing is deployed before the ledger is on disk.",
      cause: error,
    });
  }
};
