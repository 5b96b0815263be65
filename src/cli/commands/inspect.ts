import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readRun } from "../../effects/record/read-runs.js";
import { assertRunsDirReadable } from "../../effects/record/run-dir.js";
import { signals } from "../../effects/stops/signals.js";
import { RunError } from "../../machines/errors.js";
import { stopCodes } from "../../machines/run/verdict.js";
import type { ExitCode } from "../../machines/vocabulary.js";
import { listRuns, openInspector, runCompanion, verifyRun } from "../inspect/index.js";
import type { Io } from "../io.js";
import type { Flags } from "../options.js";
import type { HostSettings } from "../settings/host.js";
import { installation } from "../settings/installation.js";

const minuteMs = 60_000;

const portFrom = (flags: Flags): number => {
  const { port } = flags;
  if (port === undefined || port === "") return 0;
  const n = typeof port === "string" && /^\d{1,5}$/.test(port) ? Number(port) : Number.NaN;
  if (n >= 1 && n <= 65_535) return n;
  throw new RunError("bad-setting", `--port: ${JSON.stringify(port)} is not a port`, {
    hint: "Use 1 to 65535, or omit --port to take any free port.",
  });
};

/**
 * The folder of a run, by name. The name comes from outside and must not lead out of the runs folder. Throws `no-such-run`
 * or `runs-dir-unusable`, exit code 2.
 */
const folderOf = (runsDir: string, run: string): string => {
  const runDir = join(runsDir, run);
  if (/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,80}$/.test(run) && readRun(runDir) !== null) return runDir;
  assertRunsDirReadable(runsDir);
  throw new RunError("no-such-run", `there is no run ${JSON.stringify(run)} in ${runsDir}`, { hint: "recipe-ci inspect lists them." });
};

/** Serves until it is told to stop, or until the run is over and nobody has looked for a while. */
const show = async (runDir: string, port: number, json: boolean, io: Io): Promise<ExitCode> => {
  const inspector = await openInspector({ runDir, installation, port, lingerMs: 10 * minuteMs });
  let code: ExitCode = 0;
  const told = signals().subscribe((cause) => {
    code = stopCodes[cause];
    void inspector.close();
  });
  if (json) io.out(JSON.stringify({ address: inspector.address, stately: inspector.bridgeAddress, runDir }, null, 2));
  else {
    io.out(inspector.address);
    io.err("Open it in a browser on this host; from elsewhere forward its port first: ssh -L. Ctrl-C ends it.");
    io.err(`For the hosted Stately inspector: ${inspector.bridgeAddress}`);
  }
  await inspector.ended;
  told.unsubscribe();
  return code;
};

/** Lists runs, shows one in the browser, live or replayed, or compares its record with the charts. */
export const inspect = async (host: HostSettings, run: string | undefined, flags: Flags, io: Io): Promise<ExitCode> => {
  const json = flags.json === true;
  const port = portFrom(flags);
  if (run === undefined) {
    if (flags.verify === true) throw new RunError("usage", "--verify needs a run", { hint: "recipe-ci inspect lists them." });
    return listRuns(host.runsDir, { json, all: flags.all === true }, io);
  }
  const runDir = folderOf(host.runsDir, run);
  return flags.verify === true ? verifyRun(runDir, json, io) : show(runDir, port, json, io);
};

/** A run also starts this file's bundle beside itself: `node inspect.cjs beside RUNDIR INSTALLATION [MS]`. */
const [, program, word, runDir, from, lingerMs] = process.argv;
if (word === "beside" && program === fileURLToPath(import.meta.url) && runDir !== undefined && from !== undefined) {
  void runCompanion(runDir, from, ...(lingerMs === undefined ? [] : [Number(lingerMs)])).then(
    () => process.exit(0),
    () => process.exit(70),
  );
}
