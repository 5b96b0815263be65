import { posix } from "node:path";
import type { ConfigReference, SecretReference } from "../schema.js";

/** The path of a secret in a container. */
export const secretTarget = ({ File, SecretName }: SecretReference): string => posix.resolve("/run/secrets", File?.Name ?? SecretName);

/** The path of a config in a container. */
export const configTarget = ({ File, ConfigName }: ConfigReference): string => posix.resolve("/", File?.Name ?? ConfigName);
