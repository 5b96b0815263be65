const part = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/;
const registry = /^(?:[A-Za-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/;
const tagOrDigest = /^(?::\w[\w.-]{0,127})?(?:@[a-z0-9+._-]+:[0-9a-fA-F]{32,128})?$/;
/** Docker's own limit for the name with its registry but without tag and digest. */
const lengthMax = 255;

/** The prefix that docker adds to a name on the hub. */
const hubPrefix = (parts: number): string => (parts > 1 ? "docker.io/" : "docker.io/library/");

/** Whether docker could parse it as an image's name. Whether the image exists, only the registry knows. */
export const isImageName = (image: string): boolean => {
  const afterSlash = image.lastIndexOf("/") + 1;
  const end = image.slice(afterSlash).search(/[:@]/);
  const name = end === -1 ? image : image.slice(0, afterSlash + end);
  if (!tagOrDigest.test(image.slice(name.length))) return false;
  const [first = "", ...others] = name.split("/");
  // Repositories have no capital letters, so docker takes a first part with one for a registry.
  const isFirstRegistry = others.length > 0 && (/[.:A-Z]/.test(first) || first === "localhost");
  const prefix = isFirstRegistry ? "" : hubPrefix(others.length + 1);
  if (prefix.length + name.length > lengthMax) return false;
  return (isFirstRegistry ? registry.test(first) : part.test(first)) && others.every((one) => part.test(one));
};
