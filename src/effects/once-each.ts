/** The same, asked once for each text: a stranger's file may name a long one, or a file, thousands of times. What throws is asked again. */
export const onceEach = <Value>(of: (text: string) => Value): ((text: string) => Value) => {
  const known = new Map<string, { readonly value: Value }>();
  return (text) => {
    const found = known.get(text) ?? { value: of(text) };
    known.set(text, found);
    return found.value;
  };
};
