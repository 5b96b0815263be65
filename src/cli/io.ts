import { redact } from "../effects/redact.js";
import { printable } from "../effects/report/printable.js";
import { withoutCommands } from "../effects/report/workflow-commands.js";

/** The process's edge as commands see it: only here are stdout, stderr, environment and folder. */
export interface Io {
  /** What a program would read; like the other, without what a terminal or a CI obeys. */
  readonly out: (text: string) => void;
  /** What a person would read; secrets that are known are masked. */
  readonly err: (text: string) => void;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly isTty: boolean;
}

export const processIo = (): Io => ({
  out: (text) => void process.stdout.write(`${withoutCommands(printable(text))}\n`),
  err: (text) => void process.stderr.write(`${withoutCommands(printable(redact(text)))}\n`),
  env: process.env,
  cwd: process.cwd(),
  isTty: process.stdout.isTTY,
});
