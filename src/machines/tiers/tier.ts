/** One of the operations a deployed app is put through. */
export const tiers = ["install", "upgrade", "backup", "restore", "custom"] as const;
export type Tier = (typeof tiers)[number];
