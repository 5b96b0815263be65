/** Whether a mount's source is a path of the host and not the name of a volume. */
export const isPath = (source: string): boolean => /^[./~]/.test(source) || source.startsWith("\\\\") || /^\p{L}:/u.test(source);

/** The parts of `[SOURCE:]TARGET[:OPTIONS]`, split like docker's client: `C:` is a drive and not a part. */
export const mountFields = (spec: string): readonly string[] => {
  const fields: string[] = [];
  let field = "";
  for (const char of spec) {
    if (char === ":" && !/^\p{L}$/u.test(field)) {
      fields.push(field);
      field = "";
    } else field += char;
  }
  return [...fields, field];
};
