import { asFailure } from "./errors.js";
import type { App, Failure } from "./vocabulary.js";

/** How the app is reached, as recipe.yml says. */
type Reach =
  | { readonly kind: "auto" }
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "service"; readonly service: string; readonly port: number };

export const parseReach = (text: string): Reach | null => {
  if (text === "auto") return { kind: "auto" };
  if (/^https?:\/\//.test(text)) return URL.canParse(text.replaceAll("{domain}", "app.example.com")) ? { kind: "url", url: text } : null;
  const [, service, port] = /^service:([a-z0-9][\w.-]*):(\d{1,5})$/i.exec(text) ?? [];
  return service === undefined || port === undefined || Number(port) < 1 || Number(port) > 65_535
    ? null
    : { kind: "service", service, port: Number(port) };
};

/** The name in the compose file of a service or a volume of the app, given its name on the Swarm. */
export const shortName = ({ stack }: Pick<App, "stack">, name: string): string =>
  name.startsWith(`${stack}_`) ? name.slice(stack.length + 1) : name;

/** The failure of a `reach` that names no service of the stack, which waiting cannot fix; null if it names one. */
export const reachFailure = (
  app: App,
  reach: string,
  { services }: { readonly services: readonly { readonly name: string }[] },
): Failure | null => {
  const wanted = parseReach(reach);
  const names = services.map(({ name }) => shortName(app, name));
  if (wanted?.kind !== "service" || names.length === 0 || names.includes(wanted.service)) return null;
  return asFailure({
    code: "reach-unknown-service",
    message: `reach is ${reach}, and the stack has no service ${wanted.service}`,
    hint: `The services are: ${names.toSorted().join(", ")}. Write one of them into reach in the recipe's recipe.yml.`,
  });
};
