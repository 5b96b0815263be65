/** What abra makes an app's .env of. */
export const sampleName = ".env.sample";
