import { setTimeout as pause } from "node:timers/promises";
import type { DroneStep } from "../support/drone/step.js";

/** Long enough for every sign of an end to arrive (the parent is checked every 10 ms), and short enough for many tests. */
const graceMs = 150;

/** The ways in which runners end a step that a user cancels. */
export const kills = {
  /** Drone exec. */
  K1: async (step: DroneStep): Promise<void> => step.signalShell("SIGKILL"),
  /** Woodpecker, Forgejo, Gitea. */
  K2: async (step: DroneStep): Promise<void> => step.signalGroup("SIGKILL"),
  /** Buildkite, GitLab. */
  K3: async (step: DroneStep): Promise<void> => {
    step.signalGroup("SIGTERM");
    await pause(graceMs);
    try {
      step.signalGroup("SIGKILL");
    } catch {
      // The TERM may have ended the whole group already.
    }
  },
  /** GitHub. */
  K4: async (step: DroneStep): Promise<void> => {
    for (const name of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
      step.signalShell(name);
      await pause(graceMs);
    }
  },
} as const;
export type Kill = keyof typeof kills;
