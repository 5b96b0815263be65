import { readFileSync } from "node:fs";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { messageOf, RunError } from "../../machines/errors.js";

/** Node's own authorities and those in the file. They are read when first needed, and only once, because that takes a while. */
export const createTrust = (caFile: string | null): (() => SecureContext | undefined) => {
  let context: SecureContext | undefined;
  return () => {
    if (caFile === null) return undefined;
    try {
      return (context ??= createSecureContext({ ca: [...rootCertificates, readFileSync(caFile, "utf8")] }));
    } catch (error) {
      throw new RunError("ca-file-unusable", `CCCI_CA_FILE ${caFile} cannot be used: ${messageOf(error)}`, {
        hint: "It must be a readable PEM file with the certificate of the authority.",
      });
    }
  };
};
