import { expect, test } from "vitest";
import { sideBySide } from "./side-by-side.js";

/** Does pieces that end when the test ends them, and records what began and what was passed on. */
const scene = (pieces: readonly string[], atOnceMax: number) => {
  const said: string[] = [];
  const begun: string[] = [];
  const ends = new Map<string, (failure?: Error) => void>();
  const done = sideBySide(
    pieces,
    atOnceMax,
    (word: string) => void said.push(word),
    (piece, say) => {
      begun.push(piece);
      say(`${piece} begins`);
      return new Promise<void>((resolve, reject) => {
        ends.set(piece, (failure) => {
          say(`${piece} ends`);
          if (failure === undefined) resolve();
          else reject(failure);
        });
      });
    },
  );
  const end = async (piece: string, failure?: Error): Promise<void> => {
    ends.get(piece)?.(failure);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { said, begun, done, end };
};

test("when pieces are done side by side, their words are passed on in the pieces' order, and only so many run at once", async () => {
  const { said, begun, done, end } = scene(["a", "b", "c"], 2);
  expect({ said, begun }).toEqual({ said: ["a begins"], begun: ["a", "b"] });
  await end("b");
  expect({ said, begun }).toEqual({ said: ["a begins"], begun: ["a", "b", "c"] });
  await end("a");
  expect(said).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins"]);
  await end("c");
  await done;
  expect(said.slice(-1)).toEqual(["c ends"]);
});

test("when a piece fails, the others end and their words are passed on before the failure is", async () => {
  const { said, done, end } = scene(["a", "b"], 2);
  let isOver = false;
  const settled = expect(done.finally(() => (isOver = true))).rejects.toThrow("no more");
  await end("a", new Error("no more"));
  expect(isOver).toBe(false);
  await end("b");
  await settled;
  expect(said).toEqual(["a begins", "a ends", "b begins", "b ends"]);
});
