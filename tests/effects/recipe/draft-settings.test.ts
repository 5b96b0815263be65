import { expect, test } from "vitest";
import { draftOf } from "../../../src/effects/recipe/draft-settings.js";
import { parseRecipeSettings } from "../../../src/effects/recipe/recipe-settings.js";

const draft = (compose: string): string =>
  draftOf({ recipe: "box", schema: "/s.json", read: (name) => (name === "compose.yml" ? compose : "TYPE=box\n") });
const check = (url: string): string => `    healthcheck:\n      test: ["CMD", "curl", "-f", "${url}"]\n`;
const label = '    deploy:\n      labels: ["traefik.http.services.box.loadbalancer.server.port=80"]\n';

test.each([
  ["another service", `services:\n  app:\n${check("http://localhost:80/api/health")}  web:\n${label}`],
  [
    "another service behind it",
    `services:\n  web:\n    healthcheck:\n      test: ["CMD", "true"]\n${label}  app:\n${check("http://localhost:80/api/health")}`,
  ],
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
  const text = draft(
    `services:\n  app:\n    image: x:1\n    # - "backupbot.backup=true"\n    # - "traefik.http.services.box.loadbalancer.server.port=99"\n${label}`,
  );
  expect(text).toContain("# It has no backup labels");
  expect(text).toContain("# service:app:80 is what its labels say.");
});

const sample = `TYPE=box
COMPOSE_FILE="compose.yml:compose.db.yml"

## Mail, of ./compose.mail.yml
# COMPOSE_FILE="$COMPOSE_FILE:compose.mail.yml"
#MAIL_FROM='box@\${DOMAIN}'
# what follows is optional, see MAIL_HELP=
#MAIL_PORT=587 # or 25
#MAIL_NAME=
#MAIL_URL=smtp://$MAIL_HOST
#SECRET_MAIL_VERSION=v1 # generate=false

#COMPOSE_FILE="compose.yml:compose.db.yml:compose.auth.yml:auth/compose.auth.open-id.yml"
#OPEN_ID=yes
#DOMAIN=other.example.com
#COMPOSE_FILE="compose.yml:/etc/compose.all.yml:../compose.up.yml"
#UP=yes
`;

test("a draft has a variant for each COMPOSE_FILE in the sample's comments, with what is set below it, and they are settings as they stand", () => {
  const text = draftOf({ recipe: "box", schema: "/s.json", read: (name) => (name === "compose.yml" ? "services:\n  app:\n" : sample) });
  const taken = text.slice(text.indexOf("# variants:")).replaceAll(/^# /gm, "");
  expect(parseRecipeSettings(taken, "recipe.yml").variants).toEqual([
    { name: "mail", compose: ["compose.mail.yml"], env: { MAIL_FROM: "box@{domain}", MAIL_PORT: "587", SECRET_MAIL_VERSION: "v1" } },
    { name: "auth-open-id", compose: ["compose.auth.yml", "auth/compose.auth.open-id.yml"], env: { OPEN_ID: "yes" } },
  ]);
});

test("a draft for a sample that names no other compose files shows how a variant is written", () => {
  expect(draft("services:\n  app:\n")).toContain("# variants:\n#   smtp: { compose: [compose.smtp.yml]");
});
