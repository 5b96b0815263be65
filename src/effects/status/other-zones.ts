import { lockedApps } from "../janitor/discover-apps.js";
import { appsWithLedger } from "../record/app-record.js";

const zonesMax = 5;

/** A run app of any zone, by the form of its name alone. */
const runApp = /^(?!warm-)[a-z0-9-]{1,4}-[0-9a-f]{6}\.([a-z0-9.-]{1,253})$/;

/** Other zones that runs on this host had apps in, by their lock files and open ledgers: whoever forgets to name theirs sees nothing of them. Five at most. */
export const otherZones = ({ lockDir, runsDir, zone }: { readonly lockDir: string; readonly runsDir: string; readonly zone: string }): readonly string[] => {
  const zones = new Set([...lockedApps(lockDir), ...appsWithLedger(runsDir)].flatMap((name) => runApp.exec(name)?.[1] ?? []));
  zones.delete(zone);
  return [...zones].toSorted().slice(0, zonesMax);
};
