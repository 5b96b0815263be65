/** An image's name as `/images/create` wants it, and the registry whose credentials it needs. */
interface ImageReference {
  readonly name: string;
  /** A tag or a digest. Never empty, because without one the daemon would pull every tag. */
  readonly tag: string;
  readonly registry: string;
}

const hub = "docker.io";

/** A first part with a dot, a port, or `localhost` is a registry; anything else is a name on the hub. */
const registryIn = (name: string): string => {
  const first = name.includes("/") ? name.slice(0, name.indexOf("/")) : "";
  const isRegistry = first.includes(".") || first.includes(":") || first === "localhost";
  return isRegistry && first !== "index.docker.io" ? first : hub;
};

/** `name`, `name:tag`, `name@digest` or `name:tag@digest`, of which the digest counts. */
export const parseImage = (image: string): ImageReference => {
  const at = image.indexOf("@");
  const named = at === -1 ? image : image.slice(0, at);
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  const name = colon === -1 ? named : named.slice(0, colon);
  const tag = at !== -1 ? image.slice(at + 1) : colon === -1 ? "latest" : named.slice(colon + 1) || "latest";
  return { name, tag, registry: registryIn(name) };
};

/** The reference as a part of a path. */
export const inPath = (image: string): string => image.split("/").map(encodeURIComponent).join("/");
