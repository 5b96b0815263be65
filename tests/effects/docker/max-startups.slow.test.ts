import { expect } from "vitest";
import { beyondNarrowSshd } from "../../support/engine/narrow-sshd.js";
import { expectNoProcesses } from "../../support/processes.js";
import { testWith } from "../../support/programs.js";

const test = testWith("docker", "ssh", "sshd");

test("when sshd drops every connection, the client gives up after a few dials and names MaxStartups in the hint", async () => {
  const { changes, sshd, engine, takesThePlace } = await beyondNarrowSshd();
  await takesThePlace();
  const failure = await engine.json("POST", "/volumes/create", { body: { Name: "a" } }).then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ code: "docker-unreachable", exitCode: 69, hint: expect.stringContaining("MaxStartups") as string });
  // The docker client dials twice each time.
  expect(sshd.clients().length).toBeGreaterThan(2);
  expect(sshd.clients().length).toBeLessThanOrEqual(12);
  expect(changes()).toEqual([]);
  await expectNoProcesses(() => sshd.living());
});
