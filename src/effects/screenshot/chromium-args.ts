import { isIP } from "node:net";

/** The size of the page in the screenshot. */
const pageSize = { width: 1280, height: 800 } as const;

/** The page's own timers run ahead by this much without anybody waiting, so that what is drawn later is in the screenshot. */
const settleMs = 5_000;

/** Paths as the browser sees them. */
interface Page {
  readonly url: string;
  readonly profileDir: string;
  readonly pictureFile: string;
  /** Whether the app's certificate is from an authority that the browser does not know. */
  readonly trustsAnybody: boolean;
}

/**
 * The host and ports that the browser may reach: the app's own port, and for a name also those of the web, because a
 * page redirects from http to https. Not for an IP address, whose other ports belong to others.
 */
const placesOf = ({ hostname, port, protocol }: URL): readonly string[] => {
  const own = port === "" ? (protocol === "https:" ? "443" : "80") : port;
  const isAddress = isIP(hostname) !== 0 || hostname.startsWith("[") || hostname === "localhost";
  return [...new Set([own, ...(isAddress ? [] : ["80", "443"])])].map((one) => `${hostname}:${one}`);
};

/** The first matching rule counts. */
const resolverRules = (url: string): string =>
  [...placesOf(new URL(url)).map((place) => `MAP ${place} ${place}`), "MAP * ~NOTFOUND"].join(", ");

/**
 * Headless Chromium for one screenshot. It reaches only the app's own host and port, sends nothing anywhere by itself,
 * and keeps everything in its profile. Its sandbox stays on, because the page is a stranger's.
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
