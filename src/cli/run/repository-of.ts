import type { FetchSettings } from "../../effects/recipe/fetch-recipe.js";
import { exampleRepository } from "../example.js";
import type { Host } from "../wiring/host.js";

const canonicalRepository = (recipe: string): string => `https://git.coopcloud.tech/coop-cloud/${recipe}.git`;

/** Where recipes come from if no source is named: Co-op Cloud's own repositories or, in the sandbox, the bundled examples. */
export const repositoryOf = ({ settings: { sandbox }, registry }: Host): FetchSettings["repositoryOf"] =>
  sandbox === null ? canonicalRepository : exampleRepository(sandbox, registry.scope("work"));
