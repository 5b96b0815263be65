/** docker looks for them in this order, and cuts at the first place of the first: `NO?-x` is `x`, for no variable is called `NO?`. */
const forms = [":-", "-", ":?", "?"] as const;

export interface Substitution {
  readonly name: string;
  readonly form: (typeof forms)[number] | "";
  readonly rest: string;
}

/** What stands between the braces of `${NAME:-REST}`, in its parts. */
export const partsOf = (substitution: string): Substitution => {
  const form = forms.find((one) => substitution.includes(one)) ?? "";
  const end = form === "" ? substitution.length : substitution.indexOf(form);
  return { name: substitution.slice(0, end), form, rest: substitution.slice(end + form.length) };
};
