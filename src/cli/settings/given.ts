import { options, variables, type Flags, type OptionSpec, type ValueName, type VariableName } from "../options.js";
import { badSetting } from "./bad-setting.js";
import { given, type Env } from "./ci.js";

/** A value, and the name of the flag or variable that gave it. */
export interface Given {
  readonly name: string;
  readonly value: string;
}

const sources = (name: ValueName): readonly string[] => {
  const spec: OptionSpec = options[name];
  return spec.env ?? [];
};

/** The flag, else the first of its variables that is set, else null. Like an empty variable, an empty flag counts as not given. */
export const setting = (flags: Flags, env: Env, name: ValueName): Given | null => {
  const byFlag = flags[name];
  if (byFlag !== undefined && byFlag !== "") return { name: options[name].flag, value: byFlag };
  for (const variable of sources(name)) {
    const value = given(env, variable);
    if (value !== null) return { name: variable, value };
  }
  return null;
};

/** A setting of the host that has no flag. */
export const variable = (env: Env, name: VariableName): string | null => given(env, ...variables[name].env);

/** The value as a count. Throws `bad-setting`, exit code 2. */
export const countOf = ({ name, value }: Given): number => {
  if (!/^\d{1,7}$/.test(value)) throw badSetting(name, value, "is not a number", "A number from 0 on.");
  return Number(value);
};
