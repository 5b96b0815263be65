import { isIP } from "node:net";

/** What the picture shows. */
const pageSize = { width: 1280, height: 800 } as const;

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

/** The app's own port, and for a name those of the web: a page sends its browser from http to https. An address is a host's, with ports of others. */
const placesOf = ({ hostname, port, protocol }: URL): readonly string[] => {
  const own = port === "" ? (protocol === "https:" ? "443" : "80") : port;
  const isAddress = isIP(hostname) !== 0 || hostname.startsWith("[") || hostname === "localhost";
  return [...new Set([own, ...(isAddress ? [] : ["80", "443"])])].map((one) => `${hostname}:${one}`);
};

/** The first rule that fits counts. */
const resolverRules = (url: string): string => [...placesOf(new URL(url)).map((place) => `MAP ${place} ${place}`), "MAP * ~NOTFOUND"].join(", ");

/**
 * Chromium without a window, for one picture. It reaches nothing but the app's own host and port, sends nothing anywhere by itself,
 * and keeps everything in its profile. Its sandbox stays on: the page is a stranger's.
 */
export const chromiumArgs = ({ url, profileDir, pictureFile, trustsAnybody }: Page): readonly string[] => [
  "--headless",
  `--screenshot=${pictureFile}`,
  `--window-size=${pageSize.width},${pageSize.height}`,
  `--user-data-dir=${profileDir}`,
  `--virtual-time-budget=${settleMs}`,
  `--host-resolver-rules=${resolverRules(url)}`,
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
