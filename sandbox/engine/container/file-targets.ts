import { posix } from "node:path";
import type { ConfigReference, SecretReference } from "../schema.js";

/** Where a container has a secret. */
export const secretTarget = ({ File, SecretName }: SecretReference): string => posix.resolve("/run/secrets", File?.Name ?? SecretName);

/** Where a container has a config. */
export const configTarget = ({ File, ConfigName }: ConfigReference): string => posix.resolve("/", File?.Name ?? ConfigName);
