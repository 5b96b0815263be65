import { durationNs, sizeBytes } from "../../../src/effects/compose/forms.js";

/** `5s`, `1m30s`, `500ms` in ns; nothing without any. */
export const nanoseconds = (value: unknown): number | undefined =>
  typeof value === "string" ? (durationNs(value) ?? undefined) : undefined;

/** `50M`, `1g`, `1024` in bytes. */
export const bytes = (value: unknown): number | undefined => (typeof value === "string" ? (sizeBytes(value) ?? undefined) : undefined);
