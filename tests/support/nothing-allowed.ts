import * as v from "valibot";
import { allowSchema } from "../../src/effects/recipe/allow-schema.js";
import type { Allow } from "../../src/machines/allow.js";

/** What a recipe may ask of the host if its recipe.yml has no `allow`. */
export const nothingAllowed: Allow = v.parse(allowSchema, {});
