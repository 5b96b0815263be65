/** What the picture shows. */
export const pageSize = { width: 1280, height: 800 } as const;

/** A page's own timers run ahead by so much, without anybody waiting for it: what is drawn later is drawn. */
const settleMs = 5_000;

/** Paths as the browser sees them. */
export interface Page {
  readonly url: string;
  readonly profileDir: string;
  readonly pictureFile: string;
  /** An authority that the browser does not know has signed for the app. */
  readonly trustsAnybody: boolean;
}

/**
 * Chromium without a window, for one picture. It resolves no name but the app's own, sends nothing anywhere by itself,
 * and keeps everything in its profile. Its sandbox stays on: the page is a stranger's.
 */
export const chromiumArgs = ({ url, profileDir, pictureFile, trustsAnybody }: Page): readonly string[] => [
  "--headless",
  `--screenshot=${pictureFile}`,
  `--window-size=${pageSize.width},${pageSize.height}`,
  `--user-data-dir=${profileDir}`,
  `--virtual-time-budget=${settleMs}`,
  `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${new URL(url).hostname}`,
  "--no-proxy-server",
  "--no-first-run",
  "--no-default-browser-check",
  "--hide-scrollbars",
  "--mute-audio",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-extensions",
  "--disable-sync",
  "--disable-breakpad",
  "--disable-crash-reporter",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-background-networking",
  ...(trustsAnybody ? ["--ignore-certificate-errors"] : []),
  url,
];
