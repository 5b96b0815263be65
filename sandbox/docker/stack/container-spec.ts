import type { ContainerSpec, HealthConfig } from "../../engine/schema.js";
import { labelsOf, pairsOf } from "../compose/pairs.js";
import { isMap, type Yaml } from "../compose/schema.js";
import { refuse } from "../refusal.js";
import { capabilitiesOf } from "./capabilities.js";
import { given, number, said, texts, unlessEmpty, whole } from "./fields.js";
import { configsOf, secretsOf } from "./file-references.js";
import type { Known } from "./known.js";
import { mountsOf } from "./mounts.js";
import { stackLabel } from "./names.js";

const healthOf = (service: Yaml): HealthConfig | undefined => {
  const check = service["healthcheck"];
  if (!isMap(check)) return undefined;
  const test = texts(check["test"]) ?? [];
  if (check["disable"] === true) return test.length > 0 ? refuse("test and disable can't be set at the same time") : { Test: ["NONE"] };
  return given<HealthConfig>({
    Test: test.length === 0 ? undefined : test,
    Interval: number(check["interval"]),
    Timeout: number(check["timeout"]),
    StartPeriod: number(check["start_period"]),
    StartInterval: number(check["start_interval"]),
    Retries: whole(check["retries"]),
  });
};

/** Keys that have no effect in the sandbox, where nothing is isolated. They are kept, so that changing one changes the service. */
const unheeded = (service: Yaml): object =>
  given<object>({
    Hostname: said(service["hostname"]),
    User: said(service["user"]),
    TTY: service["tty"],
    OpenStdin: service["stdin_open"],
    ReadOnly: service["read_only"],
    Init: service["init"],
    Hosts: texts(service["extra_hosts"])?.map((one) => `${one.slice(one.indexOf(":") + 1)} ${one.slice(0, one.indexOf(":"))}`),
    ...capabilitiesOf(texts(service["cap_add"]) ?? [], texts(service["cap_drop"]) ?? []),
    Sysctls: service["sysctls"],
    Ulimits: isMap(service["ulimits"])
      ? Object.entries(service["ulimits"]).map(([Name, one]) => ({
          Name,
          Soft: isMap(one) ? one["soft"] : 0,
          Hard: isMap(one) ? one["hard"] : 0,
        }))
      : undefined,
    DNSConfig:
      service["dns"] === undefined && service["dns_search"] === undefined
        ? undefined
        : { Nameservers: texts(service["dns"]), Search: texts(service["dns_search"]) },
  });

const environmentOf = (service: Yaml): readonly string[] =>
  Object.entries(pairsOf(service["environment"])).map(([name, value]) => (value === null ? name : `${name}=${value}`));

/** What the files say about the containers of a service. `image`: empty if they name none. */
export const containerSpec = (stack: string, image: string, service: Yaml, known: Known): ContainerSpec => {
  const secrets = secretsOf(service, known);
  const configs = configsOf(service, known);
  const env = environmentOf(service);
  const mounts = mountsOf(stack, service, known.volumes);
  return {
    Image: image,
    Labels: { ...labelsOf(service["labels"]), [stackLabel]: stack },
    ...given<object>({
      Command: texts(service["entrypoint"]),
      Args: texts(service["command"]),
      Env: unlessEmpty(env.toSorted()),
      Dir: said(service["working_dir"]),
      ...unheeded(service),
      Mounts: unlessEmpty(mounts),
      StopGracePeriod: number(service["stop_grace_period"]),
      StopSignal: said(service["stop_signal"]),
      Healthcheck: healthOf(service),
      Secrets: unlessEmpty(secrets),
      Configs: unlessEmpty(configs),
    }),
    ...{ Privileges: { CredentialSpec: null, SELinuxContext: null }, Isolation: said(service["isolation"]) ?? "default" },
  };
};
