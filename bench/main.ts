import { changeLatency } from "./change-latency.js";
import { inspectLatency } from "./inspect-latency.js";
import { manyRuns } from "./many-runs.js";
import { lockHandover } from "./lock-handover.js";
import { lockWaiters } from "./lock-waiters.js";
import { prepull } from "./prepull.js";
import { probeCost } from "./probe-cost.js";
import { reapTen } from "./reap.js";
import { describeRow, type Row } from "./row.js";
import { startUp } from "./start-up.js";
import { stopLatency } from "./stop-latency.js";
import { fiveTiers, sideBySide } from "./side-by-side.js";
import { swarmRun, swarmTiers } from "./swarm-run.js";
import { janitorScale } from "./janitor-scale.js";

const benches: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  startUp,
  lockHandover,
  lockWaiters,
  probeCost,
  prepull,
  stopLatency,
  sideBySide,
  fiveTiers,
  swarmRun,
  swarmTiers,
  janitorScale,
  reapTen,
  manyRuns,
  inspectLatency,
  changeLatency,
};

const asked = process.argv.slice(2);
console.log("| figure | ours | reference | ratio | goal | |\n|---|---|---|---|---|---|");
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  for (const row of await bench()) console.log(describeRow(row));
}
