const part = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/;
const registry = /^(?:[A-Za-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/;
const tagOrDigest = /^(?::\w[\w.-]{0,127})?(?:@[a-z0-9+._-]+:[0-9a-fA-F]{32,128})?$/;
/** Docker's own limit, of the name with its registry and without tag and digest. */
const lengthMax = 255;

/** What docker puts in front of a name on the hub. */
const hubPrefix = (parts: number): string => (parts > 1 ? "docker.io/" : "docker.io/library/");

/** Whether docker could read it as an image's name at all; whether there is such an image is the registry's to say. */
export const isImageName = (image: string): boolean => {
  const afterSlash = image.lastIndexOf("/") + 1;
  const end = image.slice(afterSlash).search(/[:@]/);
  const name = end === -1 ? image : image.slice(0, afterSlash + end);
  if (!tagOrDigest.test(image.slice(name.length))) return false;
  const [first = "", ...others] = name.split("/");
  // No repository has capital letters: docker takes such a first part for a registry.
  const isFirstRegistry = others.length > 0 && (/[.:A-Z]/.test(first) || first === "localhost");
  const prefix = isFirstRegistry ? "" : hubPrefix(others.length + 1);
  if (prefix.length + name.length > lengthMax) return false;
  return (isFirstRegistry ? registry.test(first) : part.test(first)) && others.every((one) => part.test(one));
};
