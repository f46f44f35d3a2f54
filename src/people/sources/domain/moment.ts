const DAY_OR_MOMENT = /^(\d{4}-\d{2}-(\d{2}))(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?$/i;
/** As headers of HTTP and mails have it; always with its zone. */
const NAMED = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? (?:GMT|UTC|Z|[+-]\d{4})$/;
/** Numbers in this range are seconds since 1970 (of 2001 to 5138): as milliseconds they would all lie in 1970 to 1973. */
const SECONDS = { from: 1e9, before: 1e11 };

/**
 * A moment as other systems write it: ISO 8601, a day, seconds or milliseconds since 1970 (also as text), or a date of HTTP. Without a zone it is UTC, whatever
 * the clock of this machine. Null for everything else: JavaScript would make 1 May 2001 of "Order 5".
 */
export function readMoment(found: unknown): Date | null {
  if (typeof found === 'number') return dateOf(found >= SECONDS.from && found < SECONDS.before ? found * 1_000 : found);
  if (typeof found !== 'string') return null;
  const text = found.trim();
  if (/^\d{10}(?:\.\d+)?$|^\d{13}$/.test(text)) return readMoment(Number(text));
  if (NAMED.test(text)) return dateOf(Date.parse(text));
  const parts = DAY_OR_MOMENT.exec(text);
  if (!parts) return null;
  const [, day, ofMonth, time = '00:00', seconds = '00', fraction = '', zone = 'Z'] = parts as unknown as [string, string, string, string?, string?, string?, string?];
  // Of a day that no month has JavaScript makes one of the next.
  if (new Date(`${day}T00:00:00Z`).getUTCDate() !== Number(ofMonth)) return null;
  return dateOf(Date.parse(`${day}T${time}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${offsetOf(zone)}`));
}

const offsetOf = (zone: string): string => (/^(?:Z|UTC)$/i.test(zone) ? 'Z' : zone.length === 3 ? `${zone}:00` : zone.replace(/^(.\d{2}):?(\d{2})$/, '$1:$2'));
/** A moment of the years 1 to 9999, from milliseconds since 1970; null for any other. */
export const dateOf = (milliseconds: number): Date | null => {
  const at = new Date(milliseconds);
  return Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9999 || at.getUTCFullYear() < 1 ? null : at;
};
