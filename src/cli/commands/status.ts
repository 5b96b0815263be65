import { logForPeople } from "../../effects/record/log.js";
import { assertRunsDirReadable } from "../../effects/record/run-dir.js";
import { appStates } from "../../effects/status/app-states.js";
import { otherZones } from "../../effects/status/other-zones.js";
import type { ExitCode } from "../../machines/vocabulary.js";
import type { Io } from "../io.js";
import { statusLines } from "../render/status-lines.js";
import type { HostSettings } from "../settings/host.js";
import { createHost } from "../wiring/host.js";

/**
 * Shows who holds which app, who waits, and what leaked. Changes nothing, and says what it could not look at. 0; throws
 * `runs-dir-unusable` (2) if the runs folder cannot be read.
 */
export const status = async (settings: HostSettings, json: boolean, io: Io): Promise<ExitCode> => {
  assertRunsDirReadable(settings.runsDir);
  const log = logForPeople(io.err);
  const host = createHost({
    settings,
    runId: `status-${process.pid}`,
    runDir: "/",
    abraDir: settings.abraDir,
    log,
    domain: () => undefined,
  });
  const warnings: string[] = [];
  const note = (line: string): void => {
    warnings.push(line);
    log.warn(line);
  };
  const apps = await appStates({
    ...settings,
    serversDir: host.serversDir,
    engine: host.engine("work"),
    assertDriver: (signal) => host.assertDriver(false, signal),
    abra: host.abra("work"),
    note,
  });
  const warned = warnings.length > 0;
  if (json) io.out(JSON.stringify({ apps, ...(warned ? { warnings } : {}) }, null, 2));
  else
    for (const line of statusLines(apps, { zone: settings.zone, others: apps.length === 0 ? otherZones(settings) : [], warned }))
      io.out(line);
  return 0;
};
