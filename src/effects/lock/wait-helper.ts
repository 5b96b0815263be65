import { isStopped } from "../children/is-stopped.js";
import { launchSilent, signalGroup } from "../children/launch.js";

interface WaitHelper {
  /**
   * Resolves when the helper is gone. That does not mean that the lock is ours: the caller tries it again. `unable`: it
   * ended by itself with an error, so another helper would too. `waited` also if somebody killed it: try another one.
   */
  readonly gone: Promise<"waited" | "unable">;
  /** SIGKILL; `gone` resolves soon after. */
  readonly kill: () => void;
  /** Whether a signal or a debugger has stopped it: it has then lost its place in the queue and would sleep through the lock. */
  readonly isStopped: () => boolean;
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
  const script = ["sh", "-c", waitUnlessOrphan, "sh", String(process.pid)];
  const helper = launchSilent("setpriv", ["--pdeathsig", "KILL", "--", ...script], { env: { PATH: process.env["PATH"] ?? "" } }, fd);
  // Neither code nor signal: there is no setpriv on this host.
  const gone = helper.then(({ exitCode, signal }) => (exitCode === 0 || signal !== undefined ? "waited" : "unable"));
  return {
    gone,
    kill: () => void (helper.pid === undefined || signalGroup(helper.pid, "SIGKILL")),
    isStopped: () => helper.pid !== undefined && isStopped(helper.pid),
  };
};
