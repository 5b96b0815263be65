import type { RecipeDocument } from "./recipe-schema.js";

/** A key of recipe.yml that a recipe's own file may not have, and why. */
interface OperatorsToSay {
  readonly path: readonly (string | number)[];
  readonly why: string;
}

/** Where a URL leads: to the app alone, whatever the zone. Its host is the app's domain or below it, and its port one that a proxy has. */
const leadsToApp = (reach: string): boolean =>
  !/^https?:/.test(reach) || /^https?:\/\/(?:[a-z0-9-]{1,63}\.){0,8}\{domain\}(?::(?:80|443))?(?:\/[^\s\\@]*)?$/.test(reach);

/**
 * What a recipe's own recipe.yml says although only the operator may: whatever reaches beyond the app itself. Null where
 * there is none.
 *
 * Whoever opens a pull request writes that file. `allow` is what the host gives away. `src` and `ref` of a dep choose whose
 * code runs with what the operator allows to that dep. `tests.env` is the environment of the operator's programs, which
 * run as the run's user. A `reach` elsewhere lets the host's own ports and networks be asked, and drawn for the report.
 */
export const operatorsToSay = ({ allow, deps, reach, tests }: RecipeDocument, saysAllow: boolean): OperatorsToSay | null => {
  if (saysAllow || Object.values(allow).some((items) => items.length > 0)) return { path: ["allow"], why: "is what this host gives away" };
  const from = deps.findIndex((dep) => typeof dep !== "string" && (dep.src !== undefined || dep.ref !== undefined));
  if (from !== -1)
    return {
      path: ["deps", from],
      why: "has src or ref, and would run that code with what the operator allows to this dep: only its name may be said here",
    };
  if (Object.keys(tests.env).length > 0) return { path: ["tests", "env"], why: "is the environment of the operator's programs" };
  if (!leadsToApp(reach))
    return {
      path: ["reach"],
      why: "leads elsewhere than to the app: only auto, service:NAME:PORT or a URL whose host is {domain} or below it may be said here",
    };
  return null;
};
