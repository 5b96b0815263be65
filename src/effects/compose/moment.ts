const form = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:([Tt ])(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?(Z|[-+]\d\d:\d\d)?)?$/;

const two = (number: string): string => number.padStart(2, "0");

const isDay = (year: string, month: string, day: string): boolean => {
  const date = new Date(`${year}-${two(month)}-01T00:00:00Z`);
  date.setUTCDate(Number(day));
  return Number(day) > 0 && date.getUTCMonth() === Number(month) - 1;
};

/**
 * For docker's client (yaml.v3), a date or a date with a time without quotes is a timestamp and not a text. This is how
 * it writes one when it turns it into a text; null if the word is not a timestamp.
 */
export const momentOf = (word: string): string | null => {
  const [all, year = "", month = "", day = "", between = "", hour = "0", minute = "0", second = "0", fraction = "", zone = ""] =
    form.exec(word) ?? [];
  if (all === undefined || !isDay(year, month, day) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  if (between === " " ? zone !== "" : between !== "" && zone === "") return null;
  const offset = ["", "Z", "+00:00", "-00:00"].includes(zone) ? "+0000 UTC" : `${zone.replace(":", "")} ${zone.replace(":", "")}`;
  const parts = String(Number(`1.${fraction}`)).slice(2);
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}${parts === "" ? "" : `.${parts}`} ${offset}`;
};
