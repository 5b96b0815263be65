import { RunError } from "../errors.js";
import type { Dep } from "../recipe-settings.js";

/** More than any recipe needs; each is a whole app that must come up first. */
export const depsMax = 16;

const sameSource = (one: Dep, other: Dep): boolean => one.source === other.source && one.ref === other.ref;

const cycle = (path: readonly string[]): RunError =>
  new RunError("deps-cycle", `the deps of ${path[0] ?? ""} form a cycle: ${path.join(" -> ")}`, {
    hint: "Take one of these deps out of its recipe.yml: each app must be up before the one that needs it.",
  });

const conflict = (one: Dep, other: Dep): RunError =>
  new RunError(
    "deps-conflict",
    `two recipes need ${one.recipe} in different versions: ${[one, other].map(({ source, ref }) => `${source ?? "its own repository"} at ${ref ?? "its newest version"}`).join(", and ")}`,
    {
      hint: "A run deploys each dep once: give both the same src and ref in recipe.yml.",
    },
  );

const tooMany = (recipe: string): RunError =>
  new RunError("deps-too-many", `${recipe} needs more than ${depsMax} other recipes, those of its deps included`, {
    hint: "Take some out of deps in recipe.yml.",
  });

/**
 * All recipes that must run before this one, deps of deps included, each once and after its own deps: the order of
 * deployment. Throws `deps-cycle` with the cycle, `deps-conflict` or `deps-too-many`, each with exit code 2.
 */
export const orderDeps = (recipe: string, depsOf: (recipe: string) => readonly Dep[]): readonly Dep[] => {
  const found = new Map<string, Dep>();
  const ordered: Dep[] = [];
  const visit = (from: string, path: readonly string[]): void => {
    for (const dep of depsOf(from)) {
      if (path.includes(dep.recipe)) throw cycle([...path.slice(path.indexOf(dep.recipe)), dep.recipe]);
      const known = found.get(dep.recipe);
      if (known !== undefined && !sameSource(known, dep)) throw conflict(known, dep);
      if (known !== undefined) continue;
      found.set(dep.recipe, dep);
      if (found.size > depsMax) throw tooMany(recipe);
      visit(dep.recipe, [...path, dep.recipe]);
      ordered.push(dep);
    }
  };
  visit(recipe, [recipe]);
  return ordered;
};
