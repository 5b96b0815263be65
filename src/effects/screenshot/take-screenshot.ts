import { chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { failureFrom } from "../../machines/errors.js";
import type { Scope } from "../children/registry.js";
import { readRegular } from "../files/regular-file.js";
import { replaceFile } from "../record/atomic-file.js";
import { bestEffort } from "../record/best-effort.js";
import { chromiumArgs } from "./chromium-args.js";
import { removeTree } from "../files/remove.js";

export interface ScreenshotSettings {
  readonly scope: Scope;
  /** The browser: a path, or a name on PATH. */
  readonly chromium: string;
  readonly runDir: string;
  readonly env: () => Readonly<Record<string, string>>;
  readonly trustsAnybody: boolean;
}

/** Either a file in the run's folder, or why there is none. */
export interface Picture {
  readonly file: string | null;
  readonly trouble: string | null;
}

/** All tries together. */
const screenshotLimitMs = 45_000;

const pictureBytesMax = 16 * 1024 * 1024;

/** A page of this size on which nothing is drawn is less than this as PNG. */
const blankBytes = 6_000;

const nobody = 65_534;

const isRoot = (): boolean => process.getuid?.() === 0;

/** What a page could do with variables of ours is nothing; it gets none that it does not need. */
const passedOn = ["PATH", "LANG", "LC_ALL", "CCCI_RUN_COOKIE", "CCCI_RUN_ID"] as const;

const environment = (env: Readonly<Record<string, string>>, home: string): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(passedOn.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
  HOME: home,
  TMPDIR: home,
  XDG_RUNTIME_DIR: home,
  DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent",
});

/**
 * As root: nobody runs the browser, in a view of the files in which its folder is /mnt. The run's folder, through which
 * nobody may pass, stays closed, and the folder goes with the run's wherever it ends. What a page stores lies in memory, 256 MiB at most, and
 * fills no disk.
 */
const asNobody = `mount --bind "$1" /mnt && shift && mkdir /mnt/profile &&
mount -t tmpfs -o size=256m,nr_inodes=64k,nodev,nosuid,mode=700,uid=${nobody},gid=${nobody} recipe-ci /mnt/profile &&
exec setpriv --reuid=${nobody} --regid=${nobody} --clear-groups --no-new-privs "$@"`;

const command = (folder: string, chromium: string, args: readonly string[]): readonly [file: string, args: readonly string[]] =>
  isRoot() ? ["unshare", ["--mount", "sh", "-c", asNobody, "sh", folder, chromium, ...args]] : [chromium, args];

const isPng = (bytes: Buffer): boolean => bytes.subarray(0, 8).toString("latin1") === "\u0089PNG\r\n\u001a\n";

/** The browser's last word that is no chatter about a desktop that is not there. */
const lastWord = (output: string): string => output.split("\n").filter((line) => line.trim() !== "" && !/dbus|written to file/.test(line)).at(-1)?.trim() ?? "it said nothing";

/** One try, in a folder of its own. A page may have drawn nothing yet: the caller tells by the size. */
const attempt = async ({ scope, chromium, env, trustsAnybody }: ScreenshotSettings, url: string, folder: string, limitMs: number, signal: AbortSignal): Promise<Buffer> => {
  removeTree(folder);
  mkdirSync(folder, { mode: 0o700 });
  if (isRoot()) chownSync(folder, nobody, nobody);
  const seen = isRoot() ? "/mnt" : folder;
  const profileDir = join(seen, "profile");
  const [file, args] = command(folder, chromium, chromiumArgs({ url, profileDir, pictureFile: join(seen, "picture.png"), trustsAnybody }));
  const end = await scope.run({ file, args, env: environment(env(), isRoot() ? profileDir : seen), cwd: "/", limitMs }, signal);
  signal.throwIfAborted();
  if (end.timedOut) throw new Error("the page was not drawn in time");
  // Whatever lies there by now was put there by a program that draws strangers' pages.
  const picture = bestEffort(() => readRegular(join(folder, "picture.png"), pictureBytesMax));
  if (picture === null || !isPng(picture)) throw new Error(`the browser drew nothing: ${lastWord(end.stderr)}`);
  return picture;
};

/**
 * A picture of the app's first page, `screenshot.png` in the run's folder. Never rejects and changes no verdict; the
 * browser, its folder and all that it started are gone when this resolves.
 */
export const takeScreenshot = async (settings: ScreenshotSettings, url: string, stop: AbortSignal): Promise<Picture> => {
  const folder = join(settings.runDir, "browser");
  const deadline = performance.now() + screenshotLimitMs;
  const tryOnce = (): Promise<Buffer> => attempt(settings, url, folder, Math.max(1, deadline - performance.now()), stop);
  try {
    const first = await tryOnce();
    const second = first.length < blankBytes ? await tryOnce().catch(() => first) : first;
    replaceFile(join(settings.runDir, "screenshot.png"), second.length > first.length ? second : first);
    return { file: "screenshot.png", trouble: null };
  } catch (error) {
    return { file: null, trouble: stop.aborted ? "the run ended before it was drawn" : error instanceof Error && error.name === "Error" ? error.message : failureFrom(error).message };
  } finally {
    bestEffort(() => removeTree(folder));
  }
};
