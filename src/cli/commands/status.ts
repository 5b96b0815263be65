import { logForPeople } from "../../effects/record/log.js";
import { assertRunsDirReadable } from "../../effects/record/run-dir.js";
import { appStates } from "../../effects/status/app-states.js";
import { otherZones } from "../../effects/status/other-zones.js";
import type { ExitCode } from "../../machines/vocabulary.js";
import type { Io } from "../io.js";
import { statusLines } from "../render/status-lines.js";
import type { HostSettings } from "../settings/host.js";
import { createHost } from "../wiring/host.js";

/** Who holds which app, who waits, what leaked. Changes nothing; what could not be looked at is told. 0, but for a runs folder that cannot be read (`runs-dir-unusable`, 2). */
export const status = async (host: HostSettings, json: boolean, io: Io): Promise<ExitCode> => {
  assertRunsDirReadable(host.runsDir);
  const log = logForPeople(io.err);
  const world = createHost({ host, runId: `status-${process.pid}`, runDir: "/", abraDir: host.abraDir, log, domain: () => undefined });
  const settings = { ...host, serversDir: world.serversDir, engine: world.engine("work"), assertDriver: (signal: AbortSignal) => world.assertDriver(false, signal), abra: world.abra("work") };
  const warnings: string[] = [];
  const note = (line: string): void => {
    warnings.push(line);
    log.warn(line);
  };
  const apps = await appStates({ ...settings, note });
  const warned = warnings.length > 0;
  if (json) io.out(JSON.stringify({ apps, ...(warned ? { warnings } : {}) }, null, 2));
  else for (const line of statusLines(apps, { zone: host.zone, others: apps.length === 0 ? otherZones(host) : [], warned })) io.out(line);
  return 0;
};
