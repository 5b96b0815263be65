/** abra gives up: the last word goes to stdout, not stderr, and the exit code is 1. */
export class Fatal extends Error {}

export const fatal = (text: string): never => {
  throw new Fatal(text);
};

const stamp = (level: string, text: string): void => void process.stdout.write(`${level} ${text}\n`);

export const info = (text: string): void => stamp("INFO", text);
export const warn = (text: string): void => stamp("WARN", text);
export const last = (text: string): void => stamp("FATA", text);
