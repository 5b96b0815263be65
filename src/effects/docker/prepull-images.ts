import { fromPromise } from "xstate";
import type { DeployPorts } from "../../machines/deploy/deploy.ports.js";
import type { SettledCode } from "../../machines/failures.js";
import { RunError } from "../../machines/errors.js";
import { redact } from "../redact.js";
import type { Engine } from "./engine.js";
import { isNotFound, isRefused } from "./engine-errors.js";
import type { PullProgress } from "./engine-schema.js";
import { inPath, parseImage } from "./image-reference.js";
import { jsonLines } from "./json-lines.js";
import { headerOf, type Credentials } from "./registry-credentials.js";

export interface PullSettings {
  readonly engine: Engine;
  readonly credentialsFor: (registry: string, signal: AbortSignal) => Promise<Credentials | null>;
  /** What to do about an image that could not be pulled. */
  readonly hint: string;
}

/** The daemon asks the registry before its answer begins. */
const beginLimitMs = 5 * 60_000;

interface FailureClass {
  readonly code: SettledCode;
  readonly says: RegExp;
  readonly hint: string | null;
}

/**
 * What the registry said, by the words of the distribution API and of the daemon's own transport: the Engine hands them
 * on in its progress, where there is no status any more. The first that fits; else the image is missing.
 */
const classes: readonly FailureClass[] = [
  { code: "registry-limit", says: /toomanyrequests|429 too many/i, hint: "Wait, or log in to the registry: docker login" },
  { code: "disk-full", says: /no space left on device/i, hint: "Free some space where docker keeps its images: docker system df" },
  { code: "registry-denied", says: /unauthorized|authentication required|access forbidden|403 forbidden/i, hint: "Log in to the registry on this host: docker login" },
  {
    code: "registry-unreachable",
    says: /dial tcp|no such host|i\/o timeout|connection refused|tls: |x509: |context deadline exceeded|unexpected EOF|502 bad gateway|503 service/i,
    hint: "Can this host reach the registry? Try: docker pull",
  },
];

const failureOf = (image: string, said: string, hint: string): RunError => {
  const found = classes.find(({ says }) => says.test(said));
  return new RunError(found?.code ?? "image-missing", `the image ${image} could not be pulled: ${redact(said)}`, { hint: found?.hint ?? hint });
};

const isPresent = async (engine: Engine, image: string, signal: AbortSignal): Promise<boolean> => {
  try {
    await engine.json("GET", `/images/${inPath(image)}/json`, { signal });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
};

/** The last error that the progress tells of, or null; progress that stops early is the connection's failure. */
const pull = async ({ engine, credentialsFor }: PullSettings, image: string, signal: AbortSignal): Promise<string | null> => {
  const { name, tag, registry } = parseImage(image);
  const credentials = await credentialsFor(registry, signal);
  const headers = credentials === null ? {} : { "X-Registry-Auth": headerOf(credentials) };
  const progress = await engine.stream("POST", "/images/create", { query: { fromImage: name, tag }, headers, signal, limitMs: beginLimitMs });
  let failed: string | null = null;
  for await (const { error, errorDetail } of jsonLines<PullProgress>(progress)) failed = errorDetail?.message ?? error ?? failed;
  return failed;
};

/** Pulls what the host does not have, one after the other: a registry's limit counts requests. Names the image that it could not get. */
export const prepullImages = (settings: PullSettings): DeployPorts["prepullImages"] =>
  fromPromise(async ({ input: { images }, signal }) => {
    const { engine, hint } = settings;
    for (const image of images) {
      if (await isPresent(engine, image, signal)) continue;
      try {
        const failed = await pull(settings, image, signal);
        if (failed !== null) throw failureOf(image, failed, hint);
      } catch (error) {
        throw isRefused(error) ? failureOf(image, error.said, hint) : error;
      }
    }
  });
