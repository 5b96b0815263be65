/**
 * The same function, called once for each text: a stranger's file may name a long text, or a file, thousands of times. A call that throws
 * is repeated.
 */
export const onceEach = <Value>(of: (text: string) => Value): ((text: string) => Value) => {
  const known = new Map<string, { readonly value: Value }>();
  return (text) => {
    const found = known.get(text) ?? { value: of(text) };
    known.set(text, found);
    return found.value;
  };
};
