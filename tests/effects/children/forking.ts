import { randomBytes } from "node:crypto";
import { reapSurvivors } from "../../../src/effects/children/survivors.js";
import type { Cookie } from "../../../src/machines/vocabulary.js";
import { startSilent } from "../../support/children.js";
import { expectNoProcesses, processesWith, until } from "../../support/processes.js";

const chain = `n=$1; [ "$n" -gt 0 ] || exec sleep 60; sh -c "$0" "$0" $((n - 1)) & exit`;

/** So many chains of so many processes, each of which forks the next and ends: one sweep gets the last of each. */
export const expectForkingCaught = async (many: number, length: number): Promise<void> => {
  const cookie = randomBytes(8).toString("hex") as Cookie;
  const env = { PATH: process.env["PATH"] ?? "", CCCI_RUN_COOKIE: cookie };
  try {
    for (let i = 0; i < many; i += 1) startSilent("sh", ["-c", chain, chain, String(length)], { env });
    await until("they run", () => processesWith("CCCI_RUN_COOKIE", cookie).length > 0);
    await reapSurvivors([cookie]);
  } finally {
    await expectNoProcesses(cookie, 300);
  }
};
