/** The system's code for what went wrong (`ENOENT`); empty where the error has none. */
export const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");
