import { localTimeOfDay, nextPassing } from '../../../kernel/local-time.js';

/** A part of every day, in local time: from its first moment to before its end ("21:00" to "08:00"). */
export interface Night { from: string; to: string }

/** The end of the night that an instant lies in, in a zone; null by day. Clocks that change are followed: it is the local time that counts. */
export function nightEnd(at: Date, { from, to }: Night, zone: string): Date | null {
  const time = localTimeOfDay(at, zone);
  const inside = from < to ? time >= from && time < to : time >= from || time < to;
  return inside ? nextPassing(at, to, zone) : null;
}

/** A fixed place within the minutes after the night for each person, so that a morning does not begin with everything at once. */
export function spread(personId: string, minutes: number): number {
  return minutes === 0 ? 0 : Number.parseInt(personId.slice(-8), 16) % (minutes * 60_000);
}

const DAY = 1_440;
const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** How many minutes of a part of the day (all of it when null, one minute where it ends as it begins) lie in the night, and how many it has. */
export function nightMinutes(hours: Night | null, night: Night): { inside: number; all: number } {
  const begin = hours === null ? 0 : minuteOf(hours.from);
  const all = hours === null ? DAY : hours.from === hours.to ? 1 : (minuteOf(hours.to) - begin + DAY) % DAY;
  const length = (minuteOf(night.to) - minuteOf(night.from) + DAY) % DAY;
  const isNight = (minute: number) => (minute - minuteOf(night.from) + DAY) % DAY < length;
  return { inside: Array.from({ length: all }, (_, offset) => (begin + offset) % DAY).filter(isNight).length, all };
}
