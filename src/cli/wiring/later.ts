/**
 * An actor's logic that is made when its actor starts: a chart that is provided is built anew, which a start has no
 * time for, and most runs enter some of them only.
 */
export const later = <Logic extends object>(make: () => Logic): Logic => {
  let made: Logic | undefined;
  return new Proxy({} as Logic, {
    get: (_, key) => {
      made ??= make();
      const value: unknown = Reflect.get(made, key);
      return typeof value === "function" ? (value.bind(made) as unknown) : value;
    },
  });
};
