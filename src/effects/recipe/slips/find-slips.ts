import { posix } from "node:path";
import type { Slip, SlipCode } from "../../../machines/slip.js";
import { readAssignments } from "../../abra/env-grammar.js";
import { sampleName } from "../file-names.js";
import type { Place } from "../../compose/compose-refused.js";
import { nounOf, type ComposeObject } from "../../compose/compose-objects.js";
import { abraLabel, appOf, deployLabels, versionLabel } from "../../compose/deploy-labels.js";
import { textOf } from "../../compose/read-tree.js";
import type { Compose } from "../../compose/resolve-compose.js";
import { readingsIn } from "../../compose/substitute.js";
import { versionName } from "../plan/plan-lines.js";
import { isRecipeVersion } from "../plan/version-order.js";
import type { Configured } from "./recipe-at.js";

/** One version of a recipe, resolved. */
export interface Resolved extends Configured {
  readonly compose: Compose;
}

interface SlipFacts {
  readonly stack: string;
  /** The ref under test. */
  readonly tested: Resolved;
  /** Its .env.sample. */
  readonly sample: string;
  /** The version that is upgraded; null: none. */
  readonly base: Resolved | null;
  /** The published version that already has the tested one's number; null: the number is new, or it is the same commit. */
  readonly published: Resolved | null;
}

const slip = (code: SlipCode, { file, line }: Place, sentence: string, deadly = false): Slip => ({ file, line, code, sentence, deadly });

/** The file from which a config or a secret is made, by its name in the recipe: relative to the first compose file, whichever names it. */
const sourceOf = ({ texts }: Resolved, { entries }: ComposeObject): string | null => {
  const [first = ""] = texts.keys();
  const file = textOf(entries.get("file"));
  return file === "" ? null : posix.join(posix.dirname(first), file);
};

const blobOf = (resolved: Resolved, object: ComposeObject): string | null =>
  resolved.recipe.files.get(sourceOf(resolved, object) ?? "")?.blob ?? null;

/** The variable of abra.sh in the object's name, as in the file. */
const variableIn = ({ texts, abraSh }: Resolved, { at }: ComposeObject): string | null => {
  const lines = (texts.get(at.file) ?? "").split("\n").slice(at.line - 1, at.line + 8);
  const named = lines.filter((line) => /\bname\s*:/.test(line)).flatMap((line) => readingsIn(line));
  return named.find(({ name }) => abraSh.includes(`${name}=`))?.name ?? named.find(({ name }) => name !== "STACK_NAME")?.name ?? null;
};

/** Configs whose content changed but not their name: the Swarm cannot change a config, so new content needs a new name. */
const unrenamed = ({ tested, base }: SlipFacts): readonly Slip[] => {
  if (base === null) return [];
  return tested.compose.objects.flatMap((object) => {
    const before = base.compose.objects.find(({ kind, name }) => kind === object.kind && name === object.name);
    if (object.external || (object.kind !== "configs" && object.kind !== "secrets") || before === undefined) return [];
    const [now, then] = [blobOf(tested, object), blobOf(base, before)];
    if (now === null || then === null || now === then) return [];
    const variable = variableIn(tested, object);
    const raise = variable === null ? "give it a name with a version in it" : `raise ${variable} in abra.sh`;
    const kind = nounOf(object.kind);
    return [
      slip(
        "config-not-renamed",
        object.entries.get("name")?.at ?? object.at,
        `${sourceOf(tested, object) ?? object.key} changed since ${versionName(base.recipe.version)}, and the ${kind} ${object.key} has the same name as then: the Swarm changes none, and the upgrade would fail. To do: ${raise}.`,
        true,
      ),
    ];
  });
};

const imagesOf = ({ compose }: Resolved): ReadonlyMap<string, { readonly image: string; readonly at: Place }> =>
  new Map(
    compose.services.map(({ name, at, rest }) => [
      name,
      { image: textOf(rest.entries.get("image")), at: rest.entries.get("image")?.at ?? at },
    ]),
  );

const labelOf = ({ compose }: Resolved, stack: string) => versionLabel(compose, stack);

/** Images that changed although the recipe's version did not. */
const movedImages = ({ stack, tested, base, published }: SlipFacts): readonly Slip[] => {
  const label = labelOf(tested, stack);
  const same = published ?? (base !== null && label !== null && labelOf(base, stack)?.value === label.value ? base : null);
  if (same === null || label === null) return [];
  const before = imagesOf(same);
  return [...imagesOf(tested)].flatMap(([name, { image, at }]) => {
    const then = before.get(name)?.image;
    if (then === undefined || then === image) return [];
    return [
      slip(
        "image-without-version",
        at,
        `the image of ${name} went from ${then} to ${image}, and the recipe's version is still ${label.value}. To do: a new version in the label and as a tag.`,
      ),
    ];
  });
};

const labelSlips = (facts: SlipFacts): readonly Slip[] => {
  const { stack, tested } = facts;
  const label = labelOf(tested, stack);
  const app = appOf(tested.compose);
  const wanted = `coop-cloud.\${STACK_NAME}.version=1.0.0+APP-VERSION`;
  if (label === null)
    return app === undefined ||
      variableKeys(facts).some(({ service, key }) => service === app.name && /^coop-cloud\..*\.version$/.test(key))
      ? []
      : [slip("no-version-label", app.at, `the service app has no label that names the recipe's version. To do: ${wanted}`)];
  return isRecipeVersion(label.value)
    ? []
    : [
        slip(
          "version-label-form",
          label.at,
          `the version label says ${label.value}, which is no recipe version with the app's version behind a plus. To do: ${wanted}`,
        ),
      ];
};

/** Labels of a map whose keys have a variable, as the files have them. Behind `$$` in a list's item it is meant to stay. */
const variableKeys = ({ tested: { compose, texts } }: SlipFacts) => {
  const lines = new Map([...texts].map(([file, text]) => [file, text.split("\n")]));
  const isMeant = ({ file, line }: Place): boolean => (lines.get(file)?.[line - 1] ?? "").includes("$$");
  return compose.services.flatMap((service) =>
    [...deployLabels(service)].flatMap(([key, { at }]) =>
      readingsIn(key).length === 0 || isMeant(at) ? [] : [{ service: service.name, key, at }],
    ),
  );
};

/** Docker's client fills variables in values alone: such a label is not the one that abra or the proxy looks for. */
const variableKeySlips = (facts: SlipFacts): readonly Slip[] =>
  variableKeys(facts).map(({ service, key, at }) =>
    slip(
      "variable-in-label-key",
      at,
      `the label ${key} of the service ${service} keeps its variable as it is written: docker fills in none in the keys of a map. To do: make these labels a list, with - "${key}=VALUE".`,
    ),
  );

/** A recipe without the service `app`: abra reads and writes its labels there, and refuses a release without it (its rule R009). */
const withoutApp = ({ tested: { compose } }: SlipFacts): readonly Slip[] => {
  const [first] = compose.services;
  if (first === undefined || appOf(compose) !== undefined) return [];
  return [
    slip(
      "no-app-service",
      first.at,
      `no service is called app: abra puts the version that it deploys on that one alone, and refuses a release without it. To do: give that name to the service that people reach.`,
      true,
    ),
  ];
};

/** A timeout label that is not a number: abra reads from it how long to wait, and gives up. */
const timeoutSlips = ({ stack, tested }: SlipFacts): readonly Slip[] => {
  const label = abraLabel(tested.compose, stack, "timeout");
  return label === null || /^[-+]?\d+$/.test(label.value)
    ? []
    : [
        slip(
          "timeout-form",
          label.at,
          `the label for the time that abra waits says ${label.value}, and abra reads a number of seconds. To do: coop-cloud.\${STACK_NAME}.timeout=300`,
        ),
      ];
};

/** Comments right behind a `=`: as abra reads the file, they are the value, and a comment begins behind one. */
const commentSlips = ({ sample }: SlipFacts): readonly Slip[] =>
  readAssignments(sample).assignments.flatMap(({ key, line, start, end }) =>
    /^[^=:]*[=:][ \t]+#/.test(sample.slice(start, end))
      ? [
          slip(
            "comment-as-value",
            { file: sampleName, line },
            `${key} has the comment behind it as its value: abra takes a # for a comment only behind a value. To do: put the comment on a line of its own.`,
          ),
        ]
      : [],
  );

/** Everything that a deploy depends on, as text. */
const parts = (resolved: Resolved): string => {
  const { recipe, texts, compose } = resolved;
  const names = new Set([...texts.keys(), "abra.sh", sampleName, ...compose.objects.flatMap((object) => sourceOf(resolved, object) ?? [])]);
  return JSON.stringify([...names].toSorted().map((name) => [name, recipe.files.get(name)?.blob ?? null]));
};

const publishedAlready = ({ stack, tested, published }: SlipFacts): readonly Slip[] => {
  const label = labelOf(tested, stack);
  if (published === null || label === null || parts(published) === parts(tested)) return [];
  return [
    slip(
      "version-published",
      label.at,
      `${label.value} was published at ${published.recipe.version.commit.slice(0, 8)}, and this is not what was published. To do: a new version.`,
    ),
  ];
};

/** The longest name that the Swarm accepts for a config or a secret; for a service it is one less. */
const nameMax = 64;

const tooLong = ({ stack, tested: { compose } }: SlipFacts): readonly Slip[] => [
  ...compose.objects.flatMap(({ kind, name, key, at, entries }) =>
    (kind === "secrets" || kind === "configs") && name.length > nameMax
      ? [
          slip(
            "name-too-long",
            entries.get("name")?.at ?? at,
            `the ${nounOf(kind)} ${key} would be called ${name}, which has ${name.length} characters, and the Swarm takes ${nameMax}. To do: what stands behind the stack's name may have ${nameMax - stack.length - 1}.`,
            true,
          ),
        ]
      : [],
  ),
  ...compose.services.flatMap(({ name, at }) =>
    `${stack}_${name}`.length >= nameMax
      ? [
          slip(
            "name-too-long",
            at,
            `the service ${name} would be called ${stack}_${name}, and the Swarm takes ${nameMax - 1} characters. To do: a shorter name.`,
            true,
          ),
        ]
      : [],
  ),
];

/** What the packager has forgotten, as far as the recipe's files show. It decides only which slips are deadly. */
export const findSlipsIn = (facts: SlipFacts): readonly Slip[] => [
  ...unrenamed(facts),
  ...tooLong(facts),
  ...withoutApp(facts),
  ...labelSlips(facts),
  ...variableKeySlips(facts),
  ...timeoutSlips(facts),
  ...commentSlips(facts),
  ...publishedAlready(facts),
  ...movedImages(facts),
];
