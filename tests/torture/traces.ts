import { call } from "../support/children.js";
import { accountsIn } from "../support/oracle/run-files.js";
import type { Finding } from "../support/oracle/world.js";
import { launcher, type World } from "../support/worlds/world.js";

/** What `inspect RUN --verify` says of one run's record, or null when it agrees with the charts. */
const disagreement = async (world: World, runId: string): Promise<string | null> => {
  const env = { PATH: process.env["PATH"], HOME: world.root, ...world.env };
  const { code, stdout, stderr } = await call(launcher, ["inspect", runId, "--verify", ...world.flags], { cwd: world.root, env });
  return code === 0 ? null : `${stdout}${stderr}`.trim();
};

/** Every run's events, told to the charts once more, must lead where the run says that they led; those of killed runs as far as they go. */
export const judgeTraces = async (world: World): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  for (const { record } of accountsIn(world.oracle.runsDir)) {
    const runId = record?.["runId"];
    if (typeof runId !== "string") continue;
    const what = await disagreement(world, runId);
    if (what !== null) findings.push({ kind: "record", what: `${runId}: its events and the charts disagree: ${what}` });
  }
  return findings;
};
