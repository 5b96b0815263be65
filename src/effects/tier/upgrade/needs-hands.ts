import type { Place } from "../../compose/compose-refused.js";
import { readingsOf, textsOf } from "../../compose/readings-of.js";
import type { Configured } from "../../recipe/slips/recipe-at.js";
import { isSecretName } from "../../secrets/secret-names.js";

/** One thing that an operator must do by hand for an upgrade. */
export interface Need {
  readonly at: Place;
  /** Names that a release note about it contains. */
  readonly names: readonly string[];
  /** The sentence for the release notes. */
  readonly sentence: string;
}

interface HandsFacts {
  readonly domain: string;
  /** The running version, with the app's .env as it is. */
  readonly before: Configured;
  /** The new version, with the same, unchanged .env. */
  readonly after: Configured;
  /** The settings of both samples. */
  readonly samples: { readonly before: Readonly<Record<string, string>>; readonly after: Readonly<Record<string, string>> };
}

/** A variable may be called `constructor`. */
const valueIn = (of: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(of, name) ? of[name] : undefined;

const secretOf = (variable: string): string | null => /^SECRET_(\w+)_VERSION$/.exec(variable)?.[1]?.toLowerCase() ?? null;

const allReadings = ({ texts }: Configured) => [...texts].flatMap(([file, text]) => readingsOf(text, file));

/** Each name once, at its first place; a required one counts before others of the same name. */
const onceByName = <T extends { readonly name: string; readonly isRequired: boolean }>(readings: readonly T[]): readonly T[] => [
  ...new Map(
    readings
      .toReversed()
      .toSorted((one, other) => Number(one.isRequired) - Number(other.isRequired))
      .map((reading) => [reading.name, reading]),
  ).values(),
];

const shown = (name: string, value: string | undefined): string =>
  value === undefined || value === "" ? "" : ` (the sample has ${isSecretName(name) ? "one" : value.slice(0, 80)})`;

const newSecret = ({ domain, samples }: HandsFacts, variable: string, secret: string, at: Place): Need => {
  const version = valueIn(samples.after, variable) || "v1";
  return {
    at,
    names: [variable, secret],
    sentence: `There is a new secret, ${secret}: set ${variable}=${version} in the app's .env, then abra app secret generate ${domain} ${secret} ${version}.`,
  };
};

/** What the new version's compose files read and neither the app's .env nor abra.sh sets. */
const unset = (facts: HandsFacts): readonly Need[] => {
  const { after, samples } = facts;
  const missing = onceByName(
    allReadings(after).filter(({ name, hasDefault }) => !hasDefault && valueIn(after.variables, name) === undefined),
  );
  return missing.flatMap(({ name, isRequired, at }): readonly Need[] => {
    const secret = secretOf(name);
    if (secret !== null) return [newSecret(facts, name, secret, at)];
    const value = valueIn(samples.after, name);
    // If it is empty or commented out in the sample too, a new app would not have it either.
    if (!isRequired && (value === undefined || value === "")) return [];
    return [{ at, names: [name], sentence: `${name} is new and has no default: set it in the app's .env${shown(name, value)}.` }];
  });
};

/** What the new version still reads but its sample no longer sets: a new app would lack it. */
const removedVariables = ({ after, samples }: HandsFacts): readonly Need[] => {
  const read = onceByName(allReadings(after).filter(({ hasDefault }) => !hasDefault));
  return read.flatMap(({ name, at }): readonly Need[] => {
    const wasSet = (valueIn(samples.before, name) ?? "") !== "";
    const isSet = valueIn(samples.after, name) !== undefined || after.abraSh.includes(`${name}=`);
    return wasSet && !isSet
      ? [
          {
            at,
            names: [name],
            sentence: `${name} is gone from .env.sample and is still read: keep it in the app's .env, and set it for a new app.`,
          },
        ]
      : [];
  });
};

const secretsIn = ({ texts }: Configured): ReadonlySet<string> =>
  new Set(
    [...texts].flatMap(([file, text]) =>
      textsOf(text, file).flatMap(({ text: scalar }) =>
        [...scalar.matchAll(/\bSECRET_(\w+)_VERSION\b/g)].map(([, name = ""]) => name.toLowerCase()),
      ),
    ),
  );

/** A secret that no compose file mounts any more but that an environment still names by its path. */
const removedSecrets = ({ before, after }: HandsFacts): readonly Need[] => {
  const [had, has] = [secretsIn(before), secretsIn(after)];
  const gone = new Set([...had].filter((secret) => !has.has(secret)));
  return [...after.texts].flatMap(([file, text]) =>
    textsOf(text, file).flatMap(({ text: scalar, at }): readonly Need[] => {
      const secret = /\/run\/secrets\/(\w+)/.exec(scalar)?.[1] ?? "";
      return gone.has(secret)
        ? [
            {
              at,
              names: [secret, `SECRET_${secret.toUpperCase()}_VERSION`],
              sentence: `The secret ${secret} is gone and is still read at /run/secrets/${secret}.`,
            },
          ]
        : [];
    }),
  );
};

/**
 * What an upgrade demands of an operator who changes only the version, judged by the recipe's files and the app's .env alone.
 * Throws `compose-refused` for files that do not resolve.
 */
export const needsHands = (facts: HandsFacts): readonly Need[] => [...unset(facts), ...removedVariables(facts), ...removedSecrets(facts)];
