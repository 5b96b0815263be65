import { rmSync } from "node:fs";
import { setPriority } from "node:os";
import { join } from "node:path";
import { readRegular } from "../../effects/files/regular-file.js";
import { replaceFile } from "../../effects/record/atomic-file.js";
import { bestEffort } from "../../effects/record/best-effort.js";
import { signals } from "../../effects/stops/signals.js";
import { openInspector } from "./inspector.js";
import { companionFile } from "../run/start-companion.js";

const minuteMs = 60_000;

const takeAddressAway = (file: string): void =>
  void bestEffort(() => {
    const { pid } = JSON.parse(readRegular(file, 4_096).toString("utf8")) as { readonly pid?: unknown };
    if (pid === process.pid) rmSync(file);
  });

/**
 * The program that `run --inspect` starts: serves the run until two minutes after it has ended and the last viewer has left.
 *
 * Has a lower priority than the run. Whatever goes wrong ends this process and nothing else.
 */
export const runCompanion = async (runDir: string, installation: string, lingerMs = 2 * minuteMs): Promise<void> => {
  bestEffort(() => setPriority(10));
  const inspector = await openInspector({ runDir, installation, lingerMs });
  const file = join(runDir, companionFile);
  // Whoever has the address is let in, so only the owner may read the file.
  replaceFile(file, `${JSON.stringify({ address: inspector.address, pid: process.pid })}\n`);
  const told = signals().subscribe(() => void inspector.close());
  await inspector.ended;
  told.unsubscribe();
  takeAddressAway(file);
};
