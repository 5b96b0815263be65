import { array, assert as forAll, constantFrom, dictionary, option, property, record } from "fast-check";
import { describe } from "vitest";
import { stringify } from "yaml";
import { testUnless } from "../../support/programs.js";
import { clientCannot, expectReadAlike } from "./docker-config.js";

/** Debian 12 has an older client, so that this is no reason for red: what is compared is ours and the same on every machine. */
const cannot = clientCannot();

const forms = [
  "$TAG",
  "${TAG}",
  "${TAG:-d}",
  "${NO:-d}",
  "${NO-d}",
  "${EMPTY:-d}",
  "${EMPTY-d}",
  "${TAG:?why}",
  "${TAG?why}",
  "${NO:?why}",
  "${EMPTY:?why}",
  "${EMPTY?why}",
  "$$TAG",
  "$${TAG}",
  "${NO}",
  "$NO",
  "${NO:-${TAG}}",
  "${NO:-$TAG}",
  "${NO:-a:-b}",
  "$NO-d",
  "$TAG-d",
  "a$",
  "${TAG:+d}",
  "${TAG+d}",
  "${}",
  "${1}",
  "${TAG",
  "$ {TAG}",
  "${tag}",
  "${TAG:-}",
  "x${TAG}y${TAG}z",
  "${NO:-a\\nb}",
  "${NO:--}",
  "${NO-?}",
  "${NO?-x}",
  "$TAG}",
  "$? ${TAG}",
  "${TAG} $?",
  "$? $$",
  "${NO:?why} $TAG",
  "$TAG ${NO:?why}",
  "${TAG:+d} $TAG",
  "$? ${NO:?why} $TAG $$",
];

describe("beside docker's own client", () => {
  const test = testUnless(cannot, { red: false });
  test.each(forms)("our reading of the substitution %s is docker's, if docker takes it", (form) =>
    expectReadAlike({ "compose.yml": `version: "3.8"\nservices: {app: {image: "a:${form}"}}\n` }),
  );

  test("our reading of random files is docker's", () => {
    const texts = constantFrom("a", "${TAG}", "${NO:-b}", "$$x", "c-$TAG");
    const service = record({
      image: texts,
      volumes: option(array(constantFrom("a:/a", "/etc:/b:ro", "./c:/c", "a:/d:ro", "/v"), { minLength: 1, maxLength: 3 }), {
        nil: undefined,
      }),
      ports: option(array(constantFrom("80", "81:81", "82:90", "1-2:1-2"), { minLength: 1, maxLength: 2 }), { nil: undefined }),
      cap_add: option(array(constantFrom("A", "B"), { maxLength: 2 }), { nil: undefined }),
      networks: option(constantFrom(["n"], { n: null }, { m: { aliases: ["x"] } }), { nil: undefined }),
      deploy: option(record({ labels: constantFrom<unknown>(["a=1", "b=${TAG}"], { a: "2", c: "x" }) }), { nil: undefined }),
    });
    const file = record({
      services: dictionary(constantFrom("app", "db"), service, { minKeys: 1 }),
      volumes: constantFrom({ a: {} }, { a: { name: "named" } }, { a: { external: true } }),
      networks: constantFrom({ n: {}, m: {} }, { n: { external: true, name: "${TAG}" }, m: null }),
    });
    forAll(
      property(array(file, { minLength: 1, maxLength: 3 }), (documents) => {
        const files = Object.fromEntries(documents.map((document, index) => [`${index}.yml`, `version: "3.8"\n${stringify(document)}`]));
        expectReadAlike(files);
      }),
      { numRuns: 40, seed: 20261125 },
    );
  });
});
