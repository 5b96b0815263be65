/** The words that make a name, of a variable, a key or a field, that of a secret. The one list of them. */
export const secretWords = "secret|password|passwd|passphrase|passwort|token|credential|api[_-]?key|private[_-]?key|access[_-]?key";

const word = new RegExp(secretWords, "i");

/** Fields that hold secrets by what they are, whatever they hold: whole environments, headers, and the words above as plain keys. */
export const secretFields = ["authorization", "credential", "credentials", "env", "environment", "passphrase", "password", "secret", "secrets", "token"];

/** Whether what stands under this name is to be taken for a secret. */
export const isSecretName = (name: string): boolean => word.test(name);
