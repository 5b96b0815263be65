import { zoneByForm } from "../../machines/names.js";
import { lockedApps } from "../janitor/discover-apps.js";
import { appsWithLedger } from "../record/app-record.js";

const zonesMax = 5;

/** Other zones that runs on this host had apps in, by their lock files and open ledgers: whoever forgets to name theirs sees nothing of them. Five at most. */
export const otherZones = ({ lockDir, runsDir, zone }: { readonly lockDir: string; readonly runsDir: string; readonly zone: string }): readonly string[] => {
  const zones = new Set([...lockedApps(lockDir), ...appsWithLedger(runsDir)].flatMap((name) => zoneByForm(name) ?? []));
  zones.delete(zone);
  return [...zones].toSorted().slice(0, zonesMax);
};
