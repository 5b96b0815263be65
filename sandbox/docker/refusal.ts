/** The command gives up: text on stderr, exit code 1. */
export class Refusal extends Error {}

export const refuse = (text: string): never => {
  throw new Refusal(text);
};
