import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { setPriority } from "node:os";
import { join } from "node:path";
import { readRegular } from "../../effects/files/regular-file.js";
import { bestEffort } from "../../effects/record/best-effort.js";
import { openInspector } from "./inspector.js";
import { companionFile } from "./start-companion.js";

const minuteMs = 60_000;

/** Readable by its owner alone from its first moment on: the address in it lets in whoever has it. */
const leaveAddress = (file: string, address: string): void => {
  const beside = `${file}.${process.pid}.tmp`;
  const fd = openSync(beside, "wx", 0o600);
  try {
    writeSync(fd, `${JSON.stringify({ address, pid: process.pid })}\n`);
  } finally {
    closeSync(fd);
  }
  renameSync(beside, file);
};

const takeAddressAway = (file: string): void =>
  void bestEffort(() => {
    const { pid } = JSON.parse(readRegular(file, 4_096).toString("utf8")) as { readonly pid?: unknown };
    if (pid === process.pid) rmSync(file);
  });

/**
 * The program that `run --inspect` starts: serves the run until two minutes after its end and its last viewer's.
 *
 * Yields to the run wherever both want the processor. Whatever goes wrong ends this process and nothing else.
 */
export const runCompanion = async (runDir: string, installation: string, lingerMs = 2 * minuteMs): Promise<void> => {
  bestEffort(() => setPriority(10));
  const inspector = await openInspector({ runDir, installation, lingerMs });
  const file = join(runDir, companionFile);
  leaveAddress(file, inspector.address);
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void inspector.close());
  await inspector.ended;
  takeAddressAway(file);
};
