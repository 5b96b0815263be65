/** The system's code for what went wrong (`ENOENT`); empty where the error has none. */
export const codeOf = (error: unknown): string => (error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "");
