/** The words that mark the name of a variable, a key or a field as that of a secret. This is the only list of them. */
export const secretWords = "secret|password|passwd|passphrase|passwort|token|credential|api[_-]?key|private[_-]?key|access[_-]?key";

const word = new RegExp(secretWords, "i");

/** Fields that are always treated as secret: whole environments, headers, and the words above as plain keys. */
export const secretFields = [
  "authorization",
  "credential",
  "credentials",
  "env",
  "environment",
  "passphrase",
  "password",
  "secret",
  "secrets",
  "token",
];

/** Whether the value under this name is treated as a secret. */
export const isSecretName = (name: string): boolean => word.test(name);
