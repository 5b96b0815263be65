import { setFlagsFromString } from "node:v8";

/**
 * Keeps the space for new objects as large as it is. V8 would double it each time as much has survived there, up to 16 MiB twice over, and a
 * run that watches for an hour has no use for it.
 *
 * Not for the start: with a flag that differs V8 takes none of node's own modules from their code cache, which costs the first child as
 * much again. Where V8 does not know the flag any more, it says so on stderr and goes on.
 */
export const keepYoungSpaceSmall = (): void => setFlagsFromString("--semi-space-growth-factor=1");
