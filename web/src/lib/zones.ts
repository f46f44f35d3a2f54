const clocks = new Map<string, Intl.DateTimeFormat>();
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone) ?? new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
  clocks.set(zone, known);
  return known;
}

/** How far the clocks of a zone are ahead of UTC at a moment, in milliseconds. */
function offsetAt(at: number, zone: string): number {
  const parts = clockOf(zone).formatToParts(at);
  const part = (type: string) => Number(parts.find((one) => one.type === type)!.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - Math.floor(at / 1000) * 1000;
}

/**
 * When clocks of a zone show a time ("2026-03-29T09:30"), as an instant. Of a time that they show twice it is one; one that they skip
 * is taken as much later as they jump.
 */
export function instantAt(wall: string, zone: string): string {
  const shown = Date.parse(`${wall}:00Z`);
  const guess = shown - offsetAt(shown, zone);
  const begin = shown - offsetAt(guess, zone);
  // Where clocks jump, the offset of before takes a skipped time to before the jump.
  return new Date(Math.max(begin, begin + offsetAt(begin, zone) < shown ? guess : begin)).toISOString();
}

/** What clocks of a zone show at an instant: "2026-03-29T09:30". */
export const wallAt = (iso: string, zone: string): string => new Date(Date.parse(iso) + offsetAt(Date.parse(iso), zone)).toISOString().slice(0, 16);

/**
 * When a calendar day ("2026-03-29") begins in a zone, as an instant; on days that have no midnight, their first moment. Whoever
 * filters by days means those of the workspace, not those of the browser.
 */
export const startOfDay = (day: string, zone: string): string => instantAt(`${day}T00:00`, zone);

/** The calendar day after one. */
export const dayAfter = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
