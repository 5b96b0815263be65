/** The daemon's refusal, in the client's form: text on stderr, exit code 1. */
export class Refusal extends Error {}

export const refuse = (text: string): never => {
  throw new Refusal(text);
};

export const daemon = (text: string): never => refuse(`Error response from daemon: ${text}`);
