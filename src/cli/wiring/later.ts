/**
 * An actor's logic that is created when its actor starts. Providing a chart builds it anew, which would delay the run's
 * start, and most runs enter only some of the charts.
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
