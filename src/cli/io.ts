import { redact } from "../effects/redact.js";
import { printable } from "../effects/report/printable.js";
import { withoutCommands } from "../effects/report/workflow-commands.js";
import { folderGone } from "./settings/settle-environment.js";

/** The process's edge as commands see it: only here are stdout, stderr, environment and folder. */
export interface Io {
  /** What a program would read; like the other, without what a terminal or a CI obeys. */
  readonly out: (text: string) => void;
  /** What a person would read; secrets that are known are masked. */
  readonly err: (text: string) => void;
  readonly env: NodeJS.ProcessEnv;
  /** The folder of the start. Throws `folder-gone` (exit code 2) if it has been removed, which is nothing to a command that does not ask. */
  readonly cwd: string;
  readonly isTty: boolean;
}

/** Null: it was removed. */
export const currentFolder = (): string | null => {
  try {
    return process.cwd();
  } catch {
    return null; // The kernel names no folder that is gone.
  }
};

export const processIo = (): Io => ({
  out: (text) => void process.stdout.write(`${withoutCommands(printable(text))}\n`),
  err: (text) => void process.stderr.write(`${withoutCommands(printable(redact(text)))}\n`),
  env: process.env,
  get cwd() {
    const folder = currentFolder();
    if (folder === null) throw folderGone();
    return folder;
  },
  isTty: process.stdout.isTTY,
});
