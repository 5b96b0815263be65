const all = "ALL";

const named = (list: readonly string[]): ReadonlySet<string> => {
  const names = new Set(
    list
      .map((name) => name.trim().toUpperCase())
      .map((name) => (name === all || name === "RESET" || name.startsWith("CAP_") ? name : `CAP_${name}`)),
  );
  return names.has(all) ? new Set([all]) : names;
};

/** Capabilities as the client sends them: in one spelling, sorted, and without dropping those that are added. */
export const capabilitiesOf = (
  add: readonly string[],
  drop: readonly string[],
): { readonly CapabilityAdd?: readonly string[]; readonly CapabilityDrop?: readonly string[] } => {
  const [added, dropped] = [named(add), named(drop)];
  const CapabilityAdd = [...added].filter((name) => name !== "RESET").toSorted();
  const CapabilityDrop = [...dropped].filter((name) => name !== "RESET" && !added.has(name)).toSorted();
  return { ...(CapabilityAdd.length === 0 ? {} : { CapabilityAdd }), ...(CapabilityDrop.length === 0 ? {} : { CapabilityDrop }) };
};
