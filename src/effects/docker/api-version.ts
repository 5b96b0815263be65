/** The Engine API that we are written for: Docker 20.10's. A newer daemon answers in this form too, until it drops it: Docker 29 has. */
export const ourVersion = "1.41";

/** NaN for what is no version of the API. */
export const minorOf = (version: string): number => Number(/^1\.(\d+)$/.exec(version)?.[1] ?? Number.NaN);

/** What a daemon is asked in that names this as the oldest that it speaks: ours, or that one where it has dropped ours. */
export const versionFor = (oldest: string | undefined): string => (oldest !== undefined && minorOf(oldest) > minorOf(ourVersion) ? oldest : ourVersion);
