/** abra gives up: the last message goes to stdout, not stderr, and the exit code is 1. */
export class Fatal extends Error {}

export const fatal = (text: string): never => {
  throw new Fatal(text);
};
