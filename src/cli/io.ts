import { redact } from "../effects/redact.js";
import { printable } from "../effects/report/printable.js";
import { withoutCommands } from "../effects/report/workflow-commands.js";
import { folderGone } from "./settings/settle-environment.js";

/** The process as commands see it: they reach stdout, stderr, the environment and the folder only through this. */
export interface Io {
  /** For what a program would read. Like `err`, it drops what a terminal or a CI would obey. */
  readonly out: (text: string) => void;
  /** For what a person would read. Known secrets are masked. */
  readonly err: (text: string) => void;
  readonly env: NodeJS.ProcessEnv;
  /** The folder that the command was started in. Reading it throws `folder-gone` (exit code 2) if the folder has been removed. */
  readonly cwd: string;
  readonly isTty: boolean;
}

/** The current folder; null if it was removed. */
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
