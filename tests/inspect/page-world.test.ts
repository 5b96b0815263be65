import { expect, test } from "vitest";
import { drawnAs, pictureFor } from "../../src/cli/inspect/page/world.js";
import { readPictures } from "../../src/cli/inspect/pictures.js";

const taken = { source: "run.holding.running.deploy", target: "run.holding.tearingDown" };
const states = new Set(["run", "run.holding", "run.holding.running", "run.holding.running.deploy", "run.holding.tearingDown"]);

test("when the picture has an arrow for a transition, that arrow is marked", () => {
  const arrows = new Set(["run.holding.running.deploy run.holding.tearingDown", "run.holding.running run.holding.tearingDown"]);
  expect(drawnAs(taken, states, arrows)).toBe("run.holding.running.deploy run.holding.tearingDown");
});

test("when an overview draws one arrow for all states of a frame, the frame's arrow is marked", () => {
  expect(drawnAs(taken, states, new Set(["run.holding.running run.holding.tearingDown"]))).toBe(
    "run.holding.running run.holding.tearingDown",
  );
});

test("the pictures of a chart are in the order of a run's states, the whole chart first", () => {
  expect(readPictures("statecharts")["run"]?.map(({ name }) => name)).toEqual([
    "run",
    "run.prepare",
    "run.holding.running",
    "run.holding.running.test",
    "run.holding.running.hold",
    "run.holding.tearingDown",
    "run.reporting",
  ]);
});

test("the page opens the innermost picture that has a state of the actor", () => {
  expect(pictureFor(["run", "run.holding.running"], ["run.holding.running.deploy"])).toBe("run.holding.running");
});
