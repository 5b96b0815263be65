import { signalGroup } from "./launch.js";

/** Sends TERM at once and KILL after the shortest grace that anybody asked for. */
export const createStopper = (pid: number) => {
  let killer: NodeJS.Timeout | undefined;
  let killAt = Infinity;
  let signalled = false;
  const send = (signal: NodeJS.Signals): void => {
    signalled = true;
    signalGroup(pid, signal);
  };
  return {
    stop: (graceMs: number): void => {
      send("SIGTERM");
      if (performance.now() + graceMs >= killAt) return;
      killAt = performance.now() + graceMs;
      clearTimeout(killer);
      killer = setTimeout(() => send("SIGKILL"), graceMs);
    },
    killNow: () => send("SIGKILL"),
    hasSignalled: (): boolean => signalled,
    clear: (): void => clearTimeout(killer),
  };
};
