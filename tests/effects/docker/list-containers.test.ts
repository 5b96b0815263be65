import { expect, test } from "vitest";
import { listContainers } from "../../../src/effects/docker/list-containers.js";
import { engineOn, startDaemon } from "../../support/engine/daemon.js";
import { failureOf } from "../../support/failure-of.js";

test("a listing that the daemon fails at while a container is being removed is asked for again, a refused one is not", async () => {
  let asked = 0;
  const { socket } = await startDaemon((_, answer) => {
    asked += 1;
    if (asked < 3) answer.writeHead(500).end(JSON.stringify({ message: "rw layer snapshot not found for container 53db" }));
    else answer.end(JSON.stringify([{ Id: "c1" }]));
  });
  expect(await listContainers(engineOn(socket), { all: true })).toEqual([{ Id: "c1" }]);
  const refusing = await startDaemon((_, answer) => void answer.writeHead(400).end(JSON.stringify({ message: "invalid filter" })));
  expect(await failureOf(listContainers(engineOn(refusing.socket), {}))).toMatchObject({ code: "docker-refused", status: 400 });
  expect(refusing.calls).toHaveLength(1);
});
