import { expect } from "vitest";

/** The reason with which a promise rejects. Fails the test if the promise does not reject. */
export const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
