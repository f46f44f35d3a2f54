import { localTimeOfDay, nextLocalTime } from '../../../kernel/local-time.js';

/** A part of every day, in local time: from its first moment to before its end ("21:00" to "08:00"). */
export interface Night { from: string; to: string }

/** The end of the night that an instant lies in, in a zone; null by day. Clocks that change are followed: it is the local time that counts. */
export function nightEnd(at: Date, { from, to }: Night, zone: string): Date | null {
  const time = localTimeOfDay(at, zone);
  const inside = from < to ? time >= from && time < to : time >= from || time < to;
  return inside ? nextLocalTime(at, to, zone) : null;
}

/** A fixed place within the minutes after the night for each delivery, so that a morning does not begin with everything at once. */
export function spread(deliveryId: string, minutes: number): number {
  return minutes === 0 ? 0 : Number.parseInt(deliveryId.slice(-8), 16) % (minutes * 60_000);
}
