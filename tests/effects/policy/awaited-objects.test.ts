import { expect, test } from "vitest";
import { resolveCompose } from "../../../src/effects/compose/resolve-compose.js";
import { assertMade, awaitedObjects, type AwaitedObject } from "../../../src/effects/policy/awaited-objects.js";
import { engineOn, startDaemon } from "../../support/engine/daemon.js";

const stack = "note-abcdef_ci_test";
const text = `
services: {app: {image: "x:1", secrets: [pw, made, other], configs: [conf]}}
secrets:
  pw: {external: true, name: ${stack}_pw_v1}
  made: {file: pw.txt, name: ${stack}_made_v1}
  other: {external: true, name: others_pw_v1}
  unused: {external: true, name: ${stack}_unused_v1}
configs: {conf: {external: true, name: ${stack}_conf_v1}}
`;
const awaited = (trustedFile: string | null = null): readonly AwaitedObject[] =>
  awaitedObjects(resolveCompose({ files: ["compose.yml"], read: () => text, variables: {}, stack }), stack, trustedFile);
const never = new AbortController().signal;

test("somebody has to make what is the app's own, external and used; what docker makes, others have, or the operator's overlay says is not asked for", () => {
  expect(
    awaited()
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual([`${stack}_conf_v1`, `${stack}_pw_v1`]);
  expect(awaited("compose.yml")).toEqual([]);
});

test("what nobody has made is told with its place, and who would have to make it; the engine is asked once for each kind, and for nothing without need", async () => {
  const lists: Record<string, readonly unknown[]> = { "/configs": [{ ID: "c", Spec: { Name: `${stack}_conf_v1` } }], "/secrets": [] };
  const { socket, calls } = await startDaemon(
    (request, answer) => void answer.end(JSON.stringify(lists[(request.url ?? "").replace(/^\/v1\.\d+/, "")])),
  );
  const engine = engineOn(socket);
  const message = `compose.yml:4: the secret ${stack}_pw_v1 is external and is not there`;
  await expect(assertMade(engine, "notes", awaited(), never)).rejects.toMatchObject({
    code: "policy-denied",
    exitCode: 1,
    message,
    hint: expect.stringContaining("generate=false"),
  });
  expect(calls.toSorted()).toEqual(["GET /v1.41/configs", "GET /v1.41/secrets"]);
  lists["/secrets"] = [{ ID: "s", Spec: { Name: `${stack}_pw_v1` } }];
  await expect(assertMade(engine, "notes", awaited(), never)).resolves.toBeUndefined();
  const before = calls.length;
  await assertMade(engine, "notes", [], never);
  expect(calls).toHaveLength(before);
});
