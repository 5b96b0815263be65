import * as v from "valibot";
import { parseDuration } from "../../machines/duration.js";
import { parseReach } from "../../machines/reach.js";
import { tiers } from "../../machines/vocabulary.js";
import { allowSchema } from "./allow-schema.js";
import { recipeNameForm } from "../../machines/names.js";
import { identityKeys } from "../abra/identity.js";

/**
 * The only description of the keys of recipe.yml. Files are checked by it, and schemas/recipe.schema.json for editors and the
 * table of keys in the documentation are made from it.
 */

/** A text of this form. `otherwise`: the message, as the end of a sentence that begins with the key. */
const text = (form: RegExp, otherwise: string) => v.pipe(v.string(otherwise), v.regex(form, otherwise));

const noDuration = "is not a duration like 90s, 50m or 1h";
const duration = v.pipe(
  text(/^\d{1,9}(?:ms|s|m|h)$/, noDuration),
  v.check((given) => parseDuration(given) !== null, noDuration),
  v.transform((given) => parseDuration(given) ?? 0),
);

const count = (least: number, most: number) =>
  v.pipe(
    v.number("is not a number"),
    v.integer("is not a whole number"),
    v.minValue(least, `is less than ${least}`),
    v.maxValue(most, `is more than ${most}`),
  );

const path = text(/^\/[^\s]*$/, "is not a path that begins with a slash");

const noReach = "is neither auto nor a URL nor service:<name>:<port>";
const reach = v.pipe(
  text(/^(?:auto|https?:\/\/\S+|service:[A-Za-z0-9][\w.-]*:\d{1,5})$/, noReach),
  v.check((given) => parseReach(given) !== null, noReach),
);

const noStatus = "is not a status like 200, 2xx or 200-399";
const status = v.union(
  [
    v.pipe(v.number(), v.integer(noStatus), v.minValue(100, noStatus), v.maxValue(599, noStatus)),
    text(/^[1-5](?:\d\d(?:-[1-5]\d\d)?|xx)$/, noStatus),
  ],
  noStatus,
);

const tcp = v.pipe(
  text(/^[A-Za-z0-9][\w.-]*:\d{1,5}$/, "is not a service and port like db:5432"),
  v.check(
    (given) => Number(given.slice(given.lastIndexOf(":") + 1)) >= 1 && Number(given.slice(given.lastIndexOf(":") + 1)) <= 65_535,
    "has no port from 1 to 65535",
  ),
);

const health = v.pipe(
  v.strictObject({
    path: v.optional(v.pipe(path, v.description("Path below the app's address."))),
    status: v.optional(
      v.pipe(
        v.union([status, v.pipe(v.array(status), v.minLength(1, "names no status"))], noStatus),
        v.description("What counts as an answer: 200, 2xx, 200-399, or a list of such."),
      ),
    ),
    redirects: v.optional(
      v.pipe(
        v.picklist(["follow", "stop"], "is neither follow nor stop"),
        v.description("Whether redirects on the same host are followed; stop: the first answer counts."),
      ),
    ),
    tcp: v.optional(v.pipe(tcp, v.description("A service and its port that must take connections, in place of HTTP."))),
    inARow: v.optional(v.pipe(count(1, 100), v.description("So many times, one after the other."))),
  }),
  v.check(
    ({ tcp: service, path: page, status: wanted, redirects }) =>
      service === undefined || [page, wanted, redirects].every((one) => one === undefined),
    "has tcp, which takes neither path nor status nor redirects",
  ),
);

/** Values are text as written: `1.10` stays `1.10`. */
const environment = v.record(
  v.pipe(v.string(), v.regex(/^[A-Za-z_]\w*$/, "is not the name of a variable")),
  v.pipe(
    v.union([v.string(), v.number(), v.boolean(), v.null()], "is not text"),
    v.transform((value) => String(value ?? "")),
    v.check((value) => !value.includes("\0") && value.length <= 32_768, "has a NUL or more than 32768 characters"),
  ),
  "is not a mapping of variables",
);

const appEnvironment = v.pipe(
  environment,
  v.check(
    (env) => Object.keys(env).every((key) => !identityKeys.has(key)),
    "sets one of TYPE, RECIPE, DOMAIN, STACK_NAME and LETS_ENCRYPT_ENV, which are the run's to say",
  ),
);

const list = <Item extends v.GenericSchema>(item: Item) => v.optional(v.array(item, "is not a list"), []);
const version = v.pipe(v.string("is not a version: write it in quotes"), v.nonEmpty("is empty"), v.maxLength(100, "is too long"));
const recipeName = text(recipeNameForm, "is not a valid recipe name");
const composeFile = text(/^(?!\/)(?!.*\.\.)[\w./-]+\.ya?ml$/, "is not a compose file of the recipe like compose.smtp.yml");
const reason = v.pipe(
  v.string("needs a reason, as text"),
  v.trim(),
  v.nonEmpty("needs a reason"),
  v.maxLength(500, "is too long a reason"),
);
const flag = v.boolean("is neither true nor false");

const dep = v.union(
  [
    recipeName,
    v.strictObject({
      recipe: v.pipe(recipeName, v.description("Its name.")),
      src: v.optional(v.pipe(v.string(), v.nonEmpty(), v.description("Where it comes from, as --src takes it."))),
      ref: v.optional(v.pipe(v.string(), v.nonEmpty(), v.description("Branch, tag or commit."))),
    }),
  ],
  "is neither a recipe's name nor { recipe, src, ref }",
);

const variant = v.strictObject({
  env: v.optional(v.pipe(appEnvironment, v.description("Changes of the app's .env.")), {}),
  compose: v.pipe(list(composeFile), v.description("Compose files beside those that COMPOSE_FILE names.")),
});

const described = <Schema extends v.GenericSchema>(schema: Schema, words: string) => v.pipe(schema, v.description(words));

export const recipeSchema = v.strictObject({
  reach: described(v.optional(reach, "auto"), "How the app is reached: auto, a URL with {domain}, or service:NAME:PORT."),
  health: described(
    v.optional(health, {}),
    "When the app counts as up. Without it: two answers in a row below 500, redirects on the same host followed.",
  ),
  ready: described(list(health), "What else must answer after each change of the stack, as health has it."),
  monitor: described(
    v.optional(duration, "5s"),
    "How long tasks must keep running; a service's own update_config.monitor counts where it is longer.",
  ),
  crashLoop: described(
    v.optional(
      v.strictObject({
        deaths: described(v.optional(count(1, 1_000), 5), "So many deaths,"),
        after: described(v.optional(duration, "90s"), "and so long without a task that kept running, are a crash loop."),
      }),
      {},
    ),
    "What makes a crash loop.",
  ),
  timeouts: described(
    v.optional(
      v.strictObject({
        deploy: described(v.optional(duration, "10m"), "Until every service has settled."),
        probe: described(v.optional(duration, "3m"), "Until the app answers."),
        tier: described(v.optional(duration, "15m"), "A tier's operation, and as long again its tests."),
        hook: described(v.optional(duration, "5m"), "One hook."),
      }),
      {},
    ),
    "How long each wait may last, if the run's deadline leaves so much.",
  ),
  env: described(v.optional(appEnvironment, {}), "Changes of the app's .env. {domain} in a value is the app's."),
  compose: described(list(composeFile), "Compose files of the recipe beside those that COMPOSE_FILE names."),
  upgradeEnv: described(v.optional(appEnvironment, {}), "The same, from the upgrade on."),
  stages: described(
    v.optional(v.pipe(v.array(v.picklist(tiers, `is not one of ${tiers.join(", ")}`), "is not a list"), v.minLength(1, "names no stage"))),
    "The stages that are run where nobody names any.",
  ),
  notApplicable: described(
    v.optional(
      v.strictObject({
        install: v.optional(reason),
        upgrade: v.optional(reason),
        backup: v.optional(reason),
        restore: v.optional(reason),
        custom: v.optional(reason),
      }),
      {},
    ),
    "Stages that make no sense for this recipe, each with the reason.",
  ),
  upgradeBase: described(
    v.optional(version),
    "The version that the upgrade begins with. Without it: the newest published one before the ref.",
  ),
  upgradeAcknowledged: described(
    list(version),
    "Versions whose release notes tell what an operator must do by hand: it has been read, and the run does it.",
  ),
  backup: described(
    v.optional(v.union([v.literal("auto"), v.boolean()], "is not auto, true or false"), "auto"),
    "Whether there is something to back up; auto: as the recipe's labels say.",
  ),
  backupVerify: described(
    v.optional(text(/^[A-Za-z0-9][\w.-]*$/, "is not the name of a file beside recipe.yml")),
    "An executable beside recipe.yml that looks at a backup after it was made. While it fails, the backup is made anew, three times in all.",
  ),
  freshRestore: described(v.optional(flag, false), "Restores the backup into an app made anew as well."),
  clearedVolumes: described(
    list(text(/^[A-Za-z0-9][\w.-]*$/, "is not a valid volume name")),
    "Volumes, by their names in the compose file, that the app itself clears: nothing is expected to survive there.",
  ),
  deps: described(list(dep), "Recipes that must run first, in this order."),
  variants: described(
    v.optional(
      v.record(
        text(/^(?!all$)[a-z0-9][a-z0-9-]{0,30}$/, "is not a valid variant name: lower-case letters, digits and dashes, and not `all`"),
        variant,
        "is not a mapping of variants",
      ),
      {},
    ),
    "Ways to set the recipe up beside its defaults; one run each.",
  ),
  tests: described(
    v.optional(
      v.strictObject({
        limit: described(v.optional(duration), "One executable. Without it: as long as its stage may take."),
        env: described(v.optional(environment, {}), "More variables for tests and hooks."),
      }),
      {},
    ),
    "The recipe's own tests.",
  ),
  screenshot: described(
    v.optional(v.union([v.boolean(), path], "is neither true nor false nor a path"), true),
    "Whether the first page is kept as a picture, or the path of another one.",
  ),
  allow: described(
    v.optional(allowSchema, {}),
    "What the recipe may ask of the host. The operator's to say: in a recipe's own repository it is refused.",
  ),
});

export type RecipeDocument = v.InferOutput<typeof recipeSchema>;
export type RecipeIssue = v.InferIssue<typeof recipeSchema>;
