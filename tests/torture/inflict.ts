import { setTimeout as pause } from "node:timers/promises";
import { signal } from "../support/drone/processes.js";
import type { Harm as Deed } from "../support/oracle/records.js";
import type { Random } from "./random.js";
import type { Timeline } from "./timeline.js";
import type { Victim } from "./victim.js";

const lookMs = 15;

/** False if the run ended before the moment came, or it does not come in time. */
const momentOf = async (victim: Victim, limitMs: number): Promise<boolean> => {
  const { phase, afterMs } = victim.plan.moment;
  const until = performance.now() + limitMs;
  while (phase !== "start" && !victim.phases().includes(phase)) {
    if (victim.code() !== undefined || performance.now() > until) return false;
    await pause(lookMs);
  }
  await pause(afterMs);
  return victim.alive().length > 0;
};

const unharmed: Deed = { stoppedAt: null, killed: false };

/** Does to the run what its plan says, when it says, and tells what was done; null: nothing, the moment never came. */
export const inflict = async (victim: Victim, random: Random, timeline: Timeline, limitMs: number): Promise<Deed | null> => {
  const { id, harm, moment } = victim.plan;
  if (harm.kind === "none") return null;
  if (!(await momentOf(victim, limitMs))) return null;
  const note = (what: string): void => timeline.note(id, `${what}, ${moment.afterMs} ms into ${moment.phase}`);
  switch (harm.kind) {
    case "broken pipe":
      note("reader gone");
      victim.dropReader();
      // When it notices is its own affair: at its next line.
      return unharmed;
    case "freeze": {
      const pids = victim.pidsOf("program", random);
      if (pids.length === 0) return null;
      note(`SIGSTOP to program ${pids.join(" ")}`);
      for (const pid of pids) signal(pid, "SIGSTOP");
      await pause(harm.forMs);
      timeline.note(id, `${harm.ending} to program ${pids.join(" ")}`);
      const endedAt = Date.now();
      for (const pid of pids) signal(pid, harm.ending);
      return harm.ending === "SIGKILL" ? { stoppedAt: endedAt, killed: true } : unharmed;
    }
    case "signal": {
      const early = victim.isInLaunchersGroup();
      const isBorn = victim.hearsInt();
      const pids = victim.pidsOf(harm.target, random);
      if (pids.length === 0) return null;
      // Not before its processes were looked for: on a busy host that takes seconds, and the run goes on meanwhile.
      const stoppedAt = Date.now();
      for (let time = 0; time < (harm.twice ? 2 : 1); time += 1) {
        if (time > 0) await pause(random.between(0, 100));
        note(`${harm.name} to ${harm.target} ${pids.join(" ")}`);
        for (const pid of pids) signal(pid, harm.name);
      }
      if (harm.target === "child") return unharmed;
      // To the program alone, before node has begun: lost, and nobody but us signals a pid that young.
      if (harm.target === "program" && harm.name === "SIGINT" && !isBorn) return unharmed;
      const reached = harm.target === "program" || harm.target === "everything" || early;
      return { stoppedAt, killed: reached && harm.name === "SIGKILL" };
    }
  }
};
