/** The Engine API that we are written for: Docker 20.10's. Newer daemons support it too until they drop it, as Docker 29 did. */
export const ourVersion = "1.41";

/** The minor version; NaN if the text is not a version of the API. */
export const minorOf = (version: string): number => Number(/^1\.(\d+)$/.exec(version)?.[1] ?? Number.NaN);

/** The version in which to ask a daemon whose oldest version this is: ours, or the daemon's oldest if it has dropped ours. */
export const versionFor = (oldest: string | undefined): string =>
  oldest !== undefined && minorOf(oldest) > minorOf(ourVersion) ? oldest : ourVersion;
