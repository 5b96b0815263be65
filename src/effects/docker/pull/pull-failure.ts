import { RunError } from "../../../machines/errors.js";
import type { SettledCode } from "../../../machines/failures.js";
import { redact } from "../../redact.js";

interface FailureClass {
  readonly code: SettledCode;
  readonly says: RegExp;
  readonly hint: string | null;
}

/**
 * What the registry said, by the words of the distribution API and of the daemon's own transport: the Engine hands them
 * on in its progress, where there is no status any more. What comes first in the text counts, for behind it is what the
 * registry likes to say; else the image is missing. No pattern fits an image's name.
 */
const classes: readonly FailureClass[] = [
  { code: "registry-limit", says: /(?:^|: )toomanyrequests(?:$|:)|too many requests|HTTP (?:response )?(?:code |status:? )?429|rate limit/i, hint: "Wait, or log in to the registry: docker login" },
  { code: "disk-full", says: /no space left on device|disk quota exceeded/i, hint: "Free some space where docker keeps its images: docker system df" },
  {
    code: "registry-denied",
    says: /(?:^|: )unauthorized(?:$|:)|authentication required|no basic auth credentials|access forbidden|(?:^|: )denied(?:$|:)|access to the resource is denied|\b40[13] (?:forbidden|unauthorized)|HTTP 40[13]/i,
    hint: "Log in to the registry on this host: docker login",
  },
  {
    code: "registry-unreachable",
    says: /dial tcp|no such host|server misbehaving|i\/o timeout|connection (?:refused|reset)|no route to host|network is unreachable|tls: |tls handshake|x509: |server gave HTTP response to HTTPS client|deadline exceeded|request canceled|unexpected EOF|: EOF\b|50[0234] (?:bad gateway|service|gateway|internal)|HTTP (?:response )?(?:code |status )?50[0234]|status code 50[0234]/i,
    hint: "Can this host reach the registry? Try: docker pull",
  },
];

/** A registry may send as many words as it likes. */
const wordsMax = 1_000;

/** Secrets are masked before the cut, which could leave the half of one. */
const wordsOf = (said: string): string => {
  const words = redact(said);
  return words.length <= wordsMax ? words : `${words.slice(0, wordsMax)}…`;
};

const classOf = (said: string): FailureClass | undefined =>
  classes
    .map((found) => ({ found, at: said.search(found.says) }))
    .filter(({ at }) => at !== -1)
    .toSorted((a, b) => a.at - b.at)[0]?.found;

/** An image that could not be had, by what the registry or the daemon said. `hint` is for one that is not there. */
export const pullFailure = (image: string, said: string, hint: string): RunError => {
  const found = classOf(said);
  return new RunError(found?.code ?? "image-missing", `the image ${image} could not be pulled: ${wordsOf(said)}`, { hint: found?.hint ?? hint });
};
