/** Of a mount's source: a path of the host, and no name of a volume. */
export const isPath = (source: string): boolean => /^[./~]/.test(source) || source.startsWith("\\\\") || /^\p{L}:/u.test(source);

/** The parts of `[SOURCE:]TARGET[:OPTIONS]`, as docker's client finds them: `C:` alone is a drive, not a part. */
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
