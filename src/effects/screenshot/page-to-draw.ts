/**
 * The address of the page to draw: the app's own, or the path below it that recipe.yml has under `screenshot`. null if no
 * screenshot is wanted or the app does not speak HTTP. Whatever the path, the host is always the app's.
 */
export const pageToDraw = (url: string, screenshot: string | null): string | null => {
  const { protocol, origin, pathname } = new URL(url);
  if (screenshot === null || !/^https?:$/.test(protocol)) return null;
  return screenshot === "" ? url : `${origin}${pathname.replace(/\/$/, "")}${screenshot}`;
};
