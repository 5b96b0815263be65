import { expect, test } from "vitest";
import { draftOf } from "../../../src/effects/recipe/draft-settings.js";
import { parseRecipeSettings } from "../../../src/effects/recipe/recipe-settings.js";

const draft = (compose: string): string => draftOf({ recipe: "box", schema: "/s.json", read: (name) => (name === "compose.yml" ? compose : "TYPE=box\n") });
const check = (url: string): string => `    healthcheck:\n      test: ["CMD", "curl", "-f", "${url}"]\n`;
const label = '    deploy:\n      labels: ["traefik.http.services.box.loadbalancer.server.port=80"]\n';

test.each([
  ["another service", `services:\n  app:\n${check("http://localhost:80/api/health")}  web:\n${label}`],
  ["another service behind it", `services:\n  web:\n    healthcheck:\n      test: ["CMD", "true"]\n${label}  app:\n${check("http://localhost:80/api/health")}`],
  ["another port", `services:\n  web:\n${check("http://localhost:3000/api/health")}${label}`],
])("a draft takes no path from the health check of %s", (_, compose) => {
  const text = draft(compose);
  expect(text).toContain("# service:web:80 is what its labels say.");
  expect(text).toContain("# health: { path: /");
  expect(parseRecipeSettings(text, "recipe.yml").health).toMatchObject({ kind: "http", path: null });
});

test("a draft takes the path of the service that the proxy reaches", () => {
  expect(draft(`services:\n  web:\n${check("http://localhost/up")}${label}`)).toContain("\nhealth: { path: /up, ");
});

test("a draft takes nothing from comments, where recipes keep their template's labels", () => {
  const text = draft(`services:\n  app:\n    image: x:1\n    # - "backupbot.backup=true"\n    # - "traefik.http.services.box.loadbalancer.server.port=99"\n${label}`);
  expect(text).toContain("# It has no backup labels");
  expect(text).toContain("# service:app:80 is what its labels say.");
});
