import { setFlagsFromString } from "node:v8";

/**
 * Keeps V8's space for new objects at its current size. Each time as much as that has survived, V8 would double it, up to
 * 16 MiB twice over, and a run that watches for an hour has no use for it.
 *
 * Not at the start: with a changed flag V8 takes none of node's own modules from their code cache, which delays the first
 * child by as much again. If V8 no longer knows the flag, it says so on stderr and goes on.
 */
export const keepYoungSpaceSmall = (): void => setFlagsFromString("--semi-space-growth-factor=1");
