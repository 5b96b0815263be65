/** The file from which abra makes an app's .env. */
export const sampleName = ".env.sample";
