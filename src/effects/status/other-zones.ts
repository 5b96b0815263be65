import { zoneByForm } from "../../machines/names.js";
import { lockedApps } from "../janitor/discover-apps.js";
import { appsWithLedger } from "../record/app-record.js";

const zonesMax = 5;

/**
 * Other zones in which runs on this host had apps, by lock files and open ledgers: for somebody who forgot to name their zone. At most
 * five.
 */
export const otherZones = ({
  lockDir,
  runsDir,
  zone,
}: {
  readonly lockDir: string;
  readonly runsDir: string;
  readonly zone: string;
}): readonly string[] => {
  const zones = new Set([...lockedApps(lockDir), ...appsWithLedger(runsDir)].flatMap((name) => zoneByForm(name) ?? []));
  zones.delete(zone);
  return [...zones].toSorted().slice(0, zonesMax);
};
