/**
 * The sign that one of our runs wrote an .env: its first line, present from the moment `abra app new` creates the file.
 *
 * A name of the right form is not a sign: `blog-facade.<zone>` has that form and may be anybody's app.
 */
const sign = /^# recipe-ci run ([A-Za-z0-9._-]{1,64})\r?$/m;

export const signLine = (runId: string): string => `# recipe-ci run ${runId}`;

/** The run that wrote this .env, or null if none of ours did. */
export const signedBy = (env: string): string | null => sign.exec(env)?.[1] ?? null;
