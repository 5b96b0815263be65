/**
 * docker looks for these in this order and splits at the first place of the first that it finds: `NO?-x` is `x`, because no variable is
 * called `NO?`.
 */
const forms = [":-", "-", ":?", "?"] as const;

interface Substitution {
  readonly name: string;
  readonly form: (typeof forms)[number] | "";
  readonly rest: string;
}

/** The parts of what is between the braces of `${NAME:-REST}`. */
export const partsOf = (substitution: string): Substitution => {
  const form = forms.find((one) => substitution.includes(one)) ?? "";
  const end = form === "" ? substitution.length : substitution.indexOf(form);
  return { name: substitution.slice(0, end), form, rest: substitution.slice(end + form.length) };
};
