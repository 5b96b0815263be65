import { expect, test } from "vitest";
import { drawnAs, pictureFor } from "../../src/cli/inspect/page/world.js";
import { readPictures } from "../../src/cli/inspect/pictures.js";

const taken = { source: "run.holding.running.deploy", target: "run.holding.tearingDown" };
const states = new Set(["run", "run.holding", "run.holding.running", "run.holding.running.deploy", "run.holding.tearingDown"]);

test("a transition is marked on its own arrow where the picture has one", () => {
  const arrows = new Set(["run.holding.running.deploy run.holding.tearingDown", "run.holding.running run.holding.tearingDown"]);
  expect(drawnAs(taken, states, arrows)).toBe("run.holding.running.deploy run.holding.tearingDown");
});

test("a transition is marked on the arrow of the frame around it where an overview draws that one for all", () => {
  expect(drawnAs(taken, states, new Set(["run.holding.running run.holding.tearingDown"]))).toBe(
    "run.holding.running run.holding.tearingDown",
  );
});

test("the pictures of a chart come in the order in which a run meets their states, the whole chart first", () => {
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

test("the picture that opens by itself is the innermost one with a state of the actor inside", () => {
  expect(pictureFor(["run", "run.holding.running"], ["run.holding.running.deploy"])).toBe("run.holding.running");
});
