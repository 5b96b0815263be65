import { fromPromise } from "xstate";
import type { DeployPorts } from "../../../machines/deploy/deploy.ports.js";
import type { Engine } from "../engine.js";
import { isNotFound, isRefused } from "../engine-errors.js";
import type { PullProgress } from "../engine-schema.js";
import { inPath, parseImage } from "../image-reference.js";
import { jsonLines } from "../json-lines.js";
import { headerOf, type Credentials } from "../registry-credentials.js";
import { createTurnstile } from "../turnstile.js";
import { noteAtHand } from "./images-at-hand.js";
import { pullFailure } from "./pull-failure.js";
import { createPullTally, type PullState, type PullTally } from "./pull-tally.js";

export interface PullSettings {
  readonly engine: Engine;
  readonly credentialsFor: (registry: string, signal: AbortSignal) => Promise<Credentials | null>;
  /** What to do about an image that could not be pulled. */
  readonly hint: string;
  /** Called whenever something has arrived, and at the beginning if anything must be pulled. Must not throw. */
  readonly onProgress: (state: PullState) => void;
}

/** Until the answer begins: the daemon asks the registry first. ms */
const beginLimitMs = 5 * 60_000;

/** Images at once. The daemon itself pulls three layers of each at a time; more does not make a connection faster. */
const pullsAtOnce = 3;

const isPresent = async ({ engine, hint }: PullSettings, image: string, signal: AbortSignal): Promise<boolean> => {
  try {
    await engine.json("GET", `/images/${inPath(image)}/json`, { signal });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    // This daemon cannot parse the name; another one may.
    throw isRefused(error) && error.status === 400 ? pullFailure(image, error.said, hint) : error;
  }
};

const absentOf = async (settings: PullSettings, images: readonly string[], signal: AbortSignal): Promise<readonly string[]> => {
  const asked = [...new Set(images)];
  const present = await Promise.all(asked.map((image) => isPresent(settings, image, signal)));
  return asked.filter((_, index) => present[index] === false);
};

/** The last error in the progress, or null. If the progress stops early, rejects with the connection's failure. */
const pull = async (
  { engine, credentialsFor, onProgress }: PullSettings,
  image: string,
  tally: PullTally,
  signal: AbortSignal,
): Promise<string | null> => {
  const { name, tag, registry } = parseImage(image);
  const credentials = await credentialsFor(registry, signal);
  const headers = credentials === null ? {} : { "X-Registry-Auth": headerOf(credentials) };
  const progress = await engine.stream("POST", "/images/create", {
    query: { fromImage: name, tag },
    headers,
    signal,
    limitMs: beginLimitMs,
  });
  let failed: string | null = null;
  for await (const line of jsonLines<PullProgress>(progress, "POST /images/create")) {
    const said: unknown = line.errorDetail?.message ?? line.error ?? null;
    if (said !== null) failed = typeof said === "string" ? said : JSON.stringify(said);
    tally.see(line);
    onProgress(tally.state());
  }
  return failed;
};

/** Pulls one image. Rejects with what the registry said, under a code for each kind of failure. */
const fetchImage = async (settings: PullSettings, image: string, tally: PullTally, signal: AbortSignal): Promise<void> => {
  try {
    const failed = await pull(settings, image, tally, signal);
    if (failed !== null) throw pullFailure(image, failed, settings.hint);
  } catch (error) {
    throw isRefused(error) ? pullFailure(image, error.said, settings.hint) : error;
  }
  tally.finish(image);
  settings.onProgress(tally.state());
};

/** A few at once. The first that cannot be pulled ends the others. */
const pullAll = async (settings: PullSettings, absent: readonly string[], signal: AbortSignal): Promise<void> => {
  const tally = createPullTally(absent);
  settings.onProgress(tally.state());
  const others = new AbortController();
  const both = AbortSignal.any([signal, others.signal]);
  const inTurn = createTurnstile(pullsAtOnce);
  const work = absent.map((image) =>
    inTurn(async () => {
      both.throwIfAborted();
      await fetchImage(settings, image, tally, both);
    }).catch((error: unknown) => {
      others.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(work);
  signal.throwIfAborted();
  if (others.signal.aborted) throw others.signal.reason;
};

/**
 * Pulls the images that the host does not have, a few at once. Does not ask for the others, because registries limit
 * requests. The first image that cannot be pulled is named and ends the other pulls: when this rejects, none goes on.
 */
export const pullImages =
  (settings: PullSettings) =>
  async (images: readonly string[], signal: AbortSignal): Promise<void> => {
    const absent = await absentOf(settings, images, signal);
    if (absent.length > 0) await pullAll(settings, absent, signal);
    noteAtHand(settings.engine, images);
  };

export const prepullImages = (settings: PullSettings): DeployPorts["prepullImages"] => {
  const pullThem = pullImages(settings);
  return fromPromise(({ input: { images }, signal }) => pullThem(images, signal));
};
