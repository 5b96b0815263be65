import { RunError } from "../../../machines/errors.js";
import type { SettledCode } from "../../../machines/failures.js";
import { redact } from "../../redact.js";

interface FailureClass {
  readonly code: SettledCode;
  readonly says: RegExp;
  readonly hint: string | null;
}

/**
 * Kinds of failures by messages of the distribution API and of the daemon's transport, which the Engine passes on in
 * its progress, where there is no status. The match that comes first in the text counts, because after it comes free
 * text of the registry. If nothing matches, the image is missing. No pattern matches an image's name.
 */
const classes: readonly FailureClass[] = [
  {
    code: "registry-limit",
    says: /(?:^|: )toomanyrequests(?:$|:)|too many requests|HTTP (?:response )?(?:code |status:? )?429|rate limit/i,
    hint: "Wait, or log in to the registry: docker login",
  },
  {
    code: "disk-full",
    says: /no space left on device|disk quota exceeded/i,
    hint: "Free some space where docker keeps its images: docker system df",
  },
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

/** A registry's message may have any length. */
const wordsMax = 1_000;

/** Secrets are masked before the text is cut, because half of one could be left otherwise. */
const wordsOf = (said: string): string => {
  const words = redact(said);
  return words.length <= wordsMax ? words : `${words.slice(0, wordsMax)}…`;
};

const classOf = (said: string): FailureClass | undefined =>
  classes
    .map((found) => ({ found, at: said.search(found.says) }))
    .filter(({ at }) => at !== -1)
    .toSorted((a, b) => a.at - b.at)[0]?.found;

/** The failure of an image that could not be pulled, by what the registry or the daemon said. `hint`: for one that does not exist. */
export const pullFailure = (image: string, said: string, hint: string): RunError => {
  const found = classOf(said);
  return new RunError(found?.code ?? "image-missing", `the image ${image} could not be pulled: ${wordsOf(said)}`, {
    hint: found?.hint ?? hint,
  });
};
