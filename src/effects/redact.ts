/** Values that must never be written: filled by whoever learns one, for the life of the process. */
const known = new Set<string>();

/** Shorter ones would black out ordinary words. */
const lengthMin = 6;

export const rememberSecret = (value: string): void => {
  if (value.length >= lengthMin) known.add(value);
};

const assignment = /((?:secret|password|passwd|passphrase|token|credential|api_?key|private_?key)[\w-]*["']?\s*[:=]\s*["']?)([^\s"',;]+)/gi;
const credentialsInUrl = /(\w+:\/\/)[^\s/@:]+:[^\s/@]+@/g;

/** Text as it may be kept: known secrets, whatever follows a telling name, and passwords in URLs are gone. */
export const redact = (text: string): string => {
  let clean = text.replaceAll(assignment, "$1***").replaceAll(credentialsInUrl, "$1***@");
  for (const secret of known) clean = clean.replaceAll(secret, "***");
  return clean;
};
