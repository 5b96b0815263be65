import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { contentOf, fillSpec, scopeOf } from "../../sandbox/engine/container/templates.js";
import type { ContainerSpec, KeptFile } from "../../sandbox/engine/schema.js";
import { Place } from "../../sandbox/engine/world/place.js";
import { temporaryFolder } from "../support/processes.js";

const scope = scopeOf({ serviceId: "sid", serviceName: "st_app", labels: {}, slot: 1, taskId: "tid", taskName: "st_app.1.tid" });
const spec: ContainerSpec = {
  Image: "a:1",
  Env: ["HI=there", "ME={{.Service.Name}}", "BARE{{"],
  Mounts: [{ Type: "volume", Source: "v_{{.Task.Slot}}", Target: "/x{{.Task.Slot}}" }],
  Secrets: [{ SecretID: "s", SecretName: "st_s", File: { Name: "s" } }],
  Configs: [{ ConfigID: "o", ConfigName: "st_o", File: { Name: "o" } }],
};
const kept = (driver?: string): KeptFile => ({
  ID: "c",
  Version: { Index: 1 },
  CreatedAt: "",
  UpdatedAt: "",
  Spec: { Name: "c", Labels: {}, ...(driver === undefined ? {} : { Templating: { Name: driver } }) },
});

const content = (text: string, driver?: string): string => {
  const place = new Place(temporaryFolder());
  writeFileSync(place.path("secret-data", "st_s"), "hunter2");
  writeFileSync(place.path("config-data", "st_o"), "other");
  writeFileSync(place.path("config-data", "c"), text);
  return contentOf({ place }, spec, kept(driver), place.path("config-data", "c"), scope).toString();
};

test("templates in a task's variables and mounts are filled in", () => {
  expect(fillSpec(spec, scope)).toMatchObject({ Env: ["HI=there", "ME=st_app", "BARE{{"], Mounts: [{ Source: "v_1", Target: "/x1" }] });
});

test("the slot of a global service's task is its node", () => {
  const { fields } = scopeOf({ serviceId: "sid", serviceName: "st_app", labels: {}, slot: null, taskId: "tid", taskName: "t" });
  expect(fields["Task.Slot"]).toBe(fields["Node.ID"]);
});

test("a config with the template driver golang is filled in with its container's values", () => {
  expect(content('{{ env "HI" }} {{ env "NO" }}|{{ secret "s" }} {{ config "o" }} {{.Task.Name}}', "golang")).toBe(
    "there |hunter2 other st_app.1.tid",
  );
});

test("a config without a template driver stays as it is", () => expect(content("{{.Service.Name}}")).toBe("{{.Service.Name}}"));

test("a task whose config cannot be filled in fails, as on a Swarm", () => {
  expect(() => content('{{ secret "none" }}', "golang")).toThrow("nothing that `secret` would find");
  expect(() => content("{{.Nope}}", "golang")).toThrow("a field that the Swarm does not know");
  expect(() => content("a", "other")).toThrow("unrecognized template type");
});
