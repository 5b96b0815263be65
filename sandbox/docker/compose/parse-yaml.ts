import { isMap, isScalar, parseDocument, visit, type Pair, type ScalarTag, type Tags } from "yaml";
import { controlCharacter } from "../../../src/effects/recipe/parse-yaml.js";
import { momentOf } from "../../../src/effects/compose/moment.js";
import { plainScalar } from "../../../src/effects/compose/plain-scalar.js";
import { refuse } from "../refusal.js";
import { Moment } from "./moment.js";
import type { Yaml } from "./schema.js";

/** For the client a date is a timestamp and not a text. It becomes a text only where any value is turned into one. */
const moment: ScalarTag = {
  tag: "tag:yaml.org,2002:timestamp",
  default: true,
  test: /^\d{4}-\d/,
  resolve: (text) => {
    const found = momentOf(text);
    return found === null ? text : new Moment(found);
  },
};

const number: ScalarTag = {
  tag: "tag:yaml.org,2002:int",
  default: true,
  test: /^[-+]?\.?\d/,
  resolve: (text) => plainScalar(text) ?? text,
};

/** The tags of YAML 1.2, except for what begins like a number. */
const customTags = (tags: Tags): Tags => [moment, number, ...tags];

const isWord = (key: unknown): boolean => !isScalar(key) || typeof key.value === "string" || typeof key.value === "symbol";

/** One file's YAML as the client's parser (yaml.v3) reads it. */
export const parseYaml = (name: string, text: string): Yaml => {
  if (controlCharacter.test(text)) refuse("yaml: control characters are not allowed");
  const document = parseDocument(text, { merge: true, logLevel: "error", customTags });
  const [error] = document.errors;
  if (error !== undefined) refuse(`${name}: ${error.message}`);
  if (!isMap(document.contents)) refuse("top-level object must be a mapping");
  visit(document, {
    Pair: (_, { key }: Pair) => {
      if (!isWord(key)) refuse("json: unsupported type: map[interface {}]interface {}");
    },
  });
  try {
    return document.toJS() as Yaml;
  } catch (thrown) {
    return refuse(`${name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
};
