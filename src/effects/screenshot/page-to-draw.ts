/**
 * The address of the page that is drawn: the app's own, or the path below it that recipe.yml has under `screenshot`; null
 * where no picture is wanted, or where the app speaks no HTTP. Whatever the path, the host stays the app's.
 */
export const pageToDraw = (url: string, screenshot: string | null): string | null => {
  const { protocol, origin, pathname } = new URL(url);
  if (screenshot === null || !/^https?:$/.test(protocol)) return null;
  return screenshot === "" ? url : `${origin}${pathname.replace(/\/$/, "")}${screenshot}`;
};
