import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startSilent } from "../children.js";
import { isAlive, signal } from "./processes.js";
import { openRunnerPipe } from "./runner-pipe.js";
import { stepEnvironment, type Build } from "./step-env.js";
import { trackMembers } from "./step-members.js";
import { stepScript, substituted } from "./step-script.js";
import { waitFor } from "./wait-for.js";

export interface StepSettings {
  /** The `commands:` as written in the YAML. */
  readonly commands: readonly string[];
  /** The step's `environment:`. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly build?: Partial<Build>;
  /** Contents of the workspace's files, by their path in it. */
  readonly files?: Readonly<Record<string, string>>;
  /** The shell and its options; Drone's is `/bin/sh -e`. */
  readonly shell?: readonly string[];
  /** Whether the step gets its own process group. Other runners make one, Drone does not. */
  readonly ownGroup?: boolean;
  readonly onText?: (text: string) => void;
}

/** How a step ended, as the runner reports it to the server. */
export interface StepEnd {
  /** `running`: the runner never reported an end, so the server takes the step for running for a day or two. */
  readonly status: "success" | "failure" | "killed" | "running";
  readonly exitCode: number | null;
  /** True for exit code 78, which Drone takes as a success that skips the rest of the stage. */
  readonly skipsRest: boolean;
}

export interface DroneStep {
  readonly root: string;
  readonly workspace: string;
  readonly home: string;
  /** The step's shell, or the program that replaced it by `exec`. */
  readonly pid: number;
  readonly output: () => string;
  /** Resolves with what the server is told: at once after a cancel, else when the shell has ended *and* no process holds its output. */
  readonly ended: Promise<StepEnd>;
  /** A user's cancel: SIGKILL to the shell only, then workspace and HOME are deleted at once. `pipe`: whether the log is still read. */
  readonly cancel: (pipe?: "kept" | "dropped") => void;
  /** The repository's time limit is over. The runner does the same as for a cancel. */
  readonly timeout: () => void;
  /** The runner crashes: it signals and deletes nothing, so the step can notice it only by its next write. */
  readonly crash: () => void;
  /** systemd stops the runner's unit: the runner ends at once; its control group gets TERM and, after the grace period, KILL. */
  readonly serviceStop: (graceMs: number, spared?: (pid: number) => boolean) => Promise<void>;
  readonly stallReader: () => void;
  readonly signalShell: (name: NodeJS.Signals) => void;
  readonly signalGroup: (name: NodeJS.Signals) => void;
  /** The living processes that the step started. */
  readonly members: () => readonly number[];
  /** Ends all that is left of the step. */
  readonly dispose: () => Promise<void>;
}

const defaultBuild: Build = { number: 42, event: "custom", commit: "0".repeat(40) };

const endOf = (code: number | null): StepEnd => {
  if (code === null) return { status: "failure", exitCode: -1, skipsRest: false };
  return { status: code === 0 || code === 78 ? "success" : "failure", exitCode: code, skipsRest: code === 78 };
};

/** Lays out `<root>/{drone/src,home/drone,opt}` and starts the step in it, with the outcomes of Drone's exec runner. */
export const startStep = (settings: StepSettings): DroneStep => {
  const root = mkdtempSync(join(tmpdir(), "drone-"));
  const [workspace, home, script] = [join(root, "drone/src"), join(root, "home/drone"), join(root, "opt/step")];
  for (const folder of [workspace, home, dirname(script)]) mkdirSync(folder, { recursive: true });
  const env = stepEnvironment({ ...defaultBuild, ...settings.build }, { home, workspace }, settings.environment);
  for (const [path, content] of Object.entries(settings.files ?? {})) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), content, { mode: 0o755 });
  }
  writeFileSync(script, stepScript(settings.commands.map((command) => substituted(command, env))));

  const pipe = openRunnerPipe(join(root, "pipe"), settings.onText);
  const members = trackMembers();
  const [file, ...args] = [...members.prefix, ...(settings.shell ?? ["/bin/sh", "-e"]), script];
  const shell = startSilent(file, args, { cwd: workspace, env, output: pipe.writeEnd, detached: settings.ownGroup === true });
  pipe.handOver();
  const { pid } = shell;
  members.begin(pid);

  // With retries, because a living process may still write there.
  const removeRoot = (): void => rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 1 });
  let tell: (end: StepEnd) => void = () => undefined;
  const ended = new Promise<StepEnd>((resolve) => (tell = resolve));
  let isOver = false;
  const finish = (end: StepEnd): void => {
    if (isOver) return;
    isOver = true;
    tell(end);
  };
  const watchEnd = async (): Promise<void> => {
    const [{ code }] = await Promise.all([shell.ended, pipe.ended]);
    if (!isOver) removeRoot();
    finish(endOf(code));
  };
  void watchEnd();

  const cancel = (kept: "kept" | "dropped" = "kept"): void => {
    if (shell.hasEnded()) return;
    signal(pid, "SIGKILL");
    finish({ status: "killed", exitCode: 137, skipsRest: true });
    if (kept === "dropped") pipe.drop();
    removeRoot();
  };
  const crash = (): void => {
    finish({ status: "running", exitCode: null, skipsRest: false });
    pipe.drop();
  };
  return {
    root,
    workspace,
    home,
    pid,
    output: pipe.text,
    ended,
    cancel,
    timeout: cancel,
    crash,
    serviceStop: async (graceMs, spared = () => false) => {
      const targets = (): readonly number[] => members.list().filter((member) => !spared(member));
      crash();
      for (const member of targets()) signal(member, "SIGTERM");
      const left = await waitFor("the unit to be empty", () => targets().length === 0, { limitMs: graceMs }).catch(targets);
      if (left === true) return;
      await waitFor("SIGKILL to end the unit", () => {
        for (const member of targets()) signal(member, "SIGKILL");
        return targets().length === 0;
      });
    },
    stallReader: pipe.stall,
    signalShell: (name) => signal(pid, name),
    signalGroup: (name) => signal(-pid, name),
    members: members.list,
    dispose: async () => {
      finish({ status: "running", exitCode: null, skipsRest: false });
      await members.dispose();
      pipe.drop();
      await waitFor("the shell to be gone", () => !isAlive(pid));
      // A process killed in the middle of a write may still create a file just after the folder was removed.
      for (let attempt = 0; existsSync(root) && attempt < 20; attempt += 1) removeRoot();
    },
  };
};
