import { mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { messageOf, RunError } from "../../machines/errors.js";
import type { Ledger } from "../../machines/ledger/ledger.js";
import type { Domain, StackName } from "../../machines/vocabulary.js";
import { readRegular } from "../files/regular-file.js";
import { replaceFile, syncFolder } from "../record/atomic-file.js";
import { bestEffort } from "../record/best-effort.js";

const names = v.exactOptional(v.array(v.string()));

const schema = v.object({
  schema: v.literal(1),
  domain: v.pipe(
    v.string(),
    v.transform((text) => text as Domain),
  ),
  stack: v.pipe(
    v.string(),
    v.transform((text) => text as StackName),
  ),
  takenAt: v.string(),
  closedAt: v.nullable(v.string()),
  foreign: v.array(v.string()),
  own: v.array(
    v.object({
      kind: v.picklist(["service", "container", "volume", "secret", "config", "network", "env"]),
      id: v.string(),
      name: v.string(),
    }),
  ),
  named: v.object({ service: names, container: names, volume: names, secret: names, config: names, network: names }),
  nodes: v.array(v.object({ id: v.string(), version: v.number(), isOpen: v.boolean() })),
});

/** A Swarm of ten thousand objects takes a megabyte. */
const bytesMax = 32 * 1024 * 1024;

const ledgerFile = (runDir: string): string => join(runDir, "ledger.json");
const depsFolder = (runDir: string): string => join(runDir, "ledgers");
const depFile = (runDir: string, domain: Domain): string => join(depsFolder(runDir), `${domain}.json`);

/** Only a regular file of sane size is a ledger. */
const readFile = (file: string): Ledger | null =>
  bestEffort(() => {
    const parsed = v.safeParse(schema, JSON.parse(readRegular(file, bytesMax).toString("utf8")));
    return parsed.success ? parsed.output : null;
  });

/** A run's ledger of one of its apps; null if there is none that can be read. */
export const readLedger = (runDir: string, domain: Domain): Ledger | null =>
  [ledgerFile(runDir), depFile(runDir, domain)].map(readFile).find((ledger) => ledger?.domain === domain) ?? null;

/** The ledgers of all apps of a run, those of its deps too. */
export const readLedgers = (runDir: string): readonly Ledger[] => {
  const deps = bestEffort(() => readdirSync(depsFolder(runDir))) ?? [];
  return [ledgerFile(runDir), ...deps.map((name) => join(depsFolder(runDir), name))].flatMap((file) => readFile(file) ?? []);
};

/** The app under test has the same file as in a run without deps. */
const fileFor = (runDir: string, domain: Domain): string => {
  const own = readFile(ledgerFile(runDir));
  return own === null || own.domain === domain ? ledgerFile(runDir) : depFile(runDir, domain);
};

/**
 * When this returns, the ledger is on disk, and so is its name in the folder. Throws `ledger-unwritable`, exit code 69: the
 * run must not create anything that nobody could attribute to it afterwards.
 */
export const writeLedger = (runDir: string, ledger: Ledger): void => {
  const file = fileFor(runDir, ledger.domain);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    replaceFile(file, `${JSON.stringify(ledger)}\n`);
    syncFolder(dirname(file));
  } catch (error) {
    throw new RunError("ledger-unwritable", `${file} could not be written: ${messageOf(error)}`, {
      hint: "Is the disk full, or the runs folder read-only? Nothing is deployed before the ledger is on disk.",
      cause: error,
    });
  }
};
