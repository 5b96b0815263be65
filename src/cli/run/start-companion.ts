import { join } from "node:path";
import { launchSilent } from "../../effects/children/launch.js";
import { readRegular } from "../../effects/files/regular-file.js";
import { bestEffort } from "../../effects/record/best-effort.js";

/** The file in which an inspector that was started beside a run leaves its address. Only the owner may read it. */
export const companionFile = "inspect.json";

interface BesideSettings {
  readonly runDir: string;
  /** The checkout, which contains the inspector's bundle, pages and pictures. */
  readonly installation: string;
  /** How long to wait for the address; the run goes on meanwhile. ms */
  readonly limitMs?: number;
}

const pollMs = 25;

const addressIn = (runDir: string, pid: number | undefined): string | null =>
  bestEffort(() => {
    const said: unknown = JSON.parse(readRegular(join(runDir, companionFile), 4_096).toString("utf8"));
    if (typeof said !== "object" || said === null || !("pid" in said) || said.pid !== pid) return null;
    return "address" in said && typeof said.address === "string" ? said.address : null;
  });

/**
 * The inspector gets nothing of the run: no descriptor, no cookie, no setting. A run's survivors are found by their
 * environment, and the inspector must not be taken for one.
 */
const started = ({ runDir, installation }: BesideSettings) =>
  launchSilent(process.execPath, [join(installation, "dist", "inspect.cjs"), "beside", runDir, installation], {
    cwd: "/",
    env: { LANG: "C", PATH: "/usr/bin:/bin" },
  });

/**
 * Starts an inspector beside a run and resolves with its address, or with null if there is none in time.
 *
 * Never throws, holds nothing open, and the run need not wait: if an inspector fails to start, hangs or dies, the run
 * goes on. Call it before the deploy, because the inspector reads the checkout while it starts.
 */
export const startCompanion = (settings: BesideSettings): Promise<string | null> =>
  new Promise((resolve) => {
    const child = started(settings);
    const end = performance.now() + (settings.limitMs ?? 5_000);
    const poll = setInterval(() => {
      const address = addressIn(settings.runDir, child.pid);
      if (address !== null || performance.now() > end) done(address);
    }, pollMs);
    poll.unref();
    const done = (address: string | null): void => {
      clearInterval(poll);
      resolve(address);
    };
    child.unref();
    child.once("exit", () => done(null)).once("error", () => done(null));
  });
