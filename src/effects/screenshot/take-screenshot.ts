import { chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { failureFrom } from "../../machines/errors.js";
import type { Scope } from "../children/registry.js";
import { readRegular } from "../files/regular-file.js";
import { replaceFile } from "../record/atomic-file.js";
import { bestEffort } from "../record/best-effort.js";
import { chromiumArgs } from "./chromium-args.js";
import { removeTree } from "../files/remove.js";

interface ScreenshotSettings {
  readonly scope: Scope;
  /** The browser: a path, or a name on PATH. */
  readonly chromium: string;
  readonly runDir: string;
  readonly env: () => Readonly<Record<string, string>>;
  readonly trustsAnybody: boolean;
}

/** Either a file in the run's folder, or the reason why there is none. */
export interface Picture {
  readonly file: string | null;
  readonly trouble: string | null;
}

/** For all tries together. ms */
const screenshotLimitMs = 45_000;

const pictureBytesMax = 16 * 1024 * 1024;

/** A PNG of an empty page of this size has fewer bytes. */
const blankBytes = 6_000;

const nobody = 65_534;

const isRoot = (): boolean => process.getuid?.() === 0;

/** The only variables that the browser gets; a page should not be able to use others. */
const passedOn = ["PATH", "LANG", "LC_ALL", "CCCI_RUN_COOKIE", "CCCI_RUN_ID"] as const;

const environment = (env: Readonly<Record<string, string>>, home: string): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(passedOn.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
  HOME: home,
  TMPDIR: home,
  XDG_RUNTIME_DIR: home,
  DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent",
});

/**
 * If we are root, the user nobody runs the browser, in a mount namespace in which the browser's folder is /mnt. So the run's
 * folder stays closed to nobody, and the browser's folder is removed together with it. What a page stores is kept in memory,
 * at most 256 MiB, and fills no disk.
 */
const asNobody = `mount --bind "$1" /mnt && shift && mkdir /mnt/profile &&
mount -t tmpfs -o size=256m,nr_inodes=64k,nodev,nosuid,mode=700,uid=${nobody},gid=${nobody} recipe-ci /mnt/profile &&
exec setpriv --reuid=${nobody} --regid=${nobody} --clear-groups --no-new-privs "$@"`;

const command = (folder: string, chromium: string, args: readonly string[]): readonly [file: string, args: readonly string[]] =>
  isRoot() ? ["unshare", ["--mount", "sh", "-c", asNobody, "sh", folder, chromium, ...args]] : [chromium, args];

const isPng = (bytes: Buffer): boolean => bytes.subarray(0, 8).toString("latin1") === "\u0089PNG\r\n\u001a\n";

/** The browser's last line that is not about a missing desktop. */
const lastWord = (output: string): string =>
  output
    .split("\n")
    .filter((line) => line.trim() !== "" && !/dbus|written to file/.test(line))
    .at(-1)
    ?.trim() ?? "it said nothing";

interface Try {
  readonly url: string;
  readonly folder: string;
  readonly limitMs: number;
}

/** One try, in a folder of its own. The page may not have drawn anything yet, which the caller sees by the size. */
const attempt = async (
  { scope, chromium, env, trustsAnybody }: ScreenshotSettings,
  { url, folder, limitMs }: Try,
  signal: AbortSignal,
): Promise<Buffer> => {
  removeTree(folder);
  mkdirSync(folder, { mode: 0o700 });
  if (isRoot()) chownSync(folder, nobody, nobody);
  const seen = isRoot() ? "/mnt" : folder;
  const profileDir = join(seen, "profile");
  const [file, args] = command(folder, chromium, chromiumArgs({ url, profileDir, pictureFile: join(seen, "picture.png"), trustsAnybody }));
  const end = await scope.run({ file, args, env: environment(env(), isRoot() ? profileDir : seen), cwd: "/", limitMs }, signal);
  signal.throwIfAborted();
  if (end.timedOut) throw new Error("the page was not drawn in time");
  // Read with care: a program that draws strangers' pages wrote it.
  const picture = bestEffort(() => readRegular(join(folder, "picture.png"), pictureBytesMax));
  if (picture === null || !isPng(picture)) throw new Error(`the browser drew nothing: ${lastWord(end.stderr)}`);
  return picture;
};

/**
 * Takes a screenshot of the app's page: `screenshot.png` in the run's folder. Never rejects and changes no verdict. When this
 * resolves, the browser, its folder and everything that it started are gone.
 */
export const takeScreenshot = async (settings: ScreenshotSettings, url: string, stop: AbortSignal): Promise<Picture> => {
  const folder = join(settings.runDir, "browser");
  const deadline = performance.now() + screenshotLimitMs;
  const tryOnce = (): Promise<Buffer> => attempt(settings, { url, folder, limitMs: Math.max(1, deadline - performance.now()) }, stop);
  try {
    const first = await tryOnce();
    const second = first.length < blankBytes ? await tryOnce().catch(() => first) : first;
    replaceFile(join(settings.runDir, "screenshot.png"), second.length > first.length ? second : first);
    return { file: "screenshot.png", trouble: null };
  } catch (error) {
    return {
      file: null,
      trouble: stop.aborted
        ? "the run ended before it was drawn"
        : error instanceof Error && error.name === "Error"
          ? error.message
          : failureFrom(error).message,
    };
  } finally {
    bestEffort(() => removeTree(folder));
  }
};
