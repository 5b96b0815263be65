import { expect } from "vitest";
import { beyondNarrowSshd } from "../../support/engine/narrow-sshd.js";
import { until } from "../../support/processes.js";
import { testWith } from "../../support/programs.js";

const test = testWith("docker", "ssh", "sshd");

test("when sshd drops a connection because MaxStartups is reached, the client dials again and the daemon gets the call once", async () => {
  const { changes, sshd, engine, takesThePlace } = await beyondNarrowSshd();
  const socket = await takesThePlace();
  const asking = engine.json("POST", "/volumes/create", { body: { Name: "a" } });
  // The docker client dials twice; the third is ours.
  await until("it was dropped and dialled again", () => sshd.clients().length >= 3);
  socket.destroy();
  expect(await asking).toEqual({});
  expect(changes()).toHaveLength(1);
});
