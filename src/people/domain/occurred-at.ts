/** Where a client runs. A server's clock and its explicit old times are trusted; a device's clock is corrected. */
export type ClientOrigin = 'server' | 'device';

const DEVICE_CHANNEL = new Set(['web', 'browser', 'mobile']);
const DEVICE_LIBRARY = /^analytics\.js|analytics-next|javascript|analytics-(kotlin|swift|ios|android|react-native|flutter)|^rudder-(ios|android|flutter|react-native)|@jitsu\/js|danbi-js/i;

/** A sender that names no library is taken for a device: its `sentAt` then decides, as the Segment specification says. */
export function clientOrigin(library: string | undefined, channel: string | undefined): ClientOrigin {
  if (channel !== undefined && DEVICE_CHANNEL.has(channel)) return 'device';
  if (channel === 'server') return 'server';
  return library === undefined || DEVICE_LIBRARY.test(library) ? 'device' : 'server';
}

const IGNORED_SKEW_MS = 2_000;
const SUSPECT_SKEW_MS = 24 * 3_600_000;

export interface ClientTimes { stated: Date | null; sentAt: Date | null; receivedAt: Date; origin: ClientOrigin }

/**
 * When an event happened, by our clock: `receivedAt - (sentAt - stated)` for devices, never after it was received. A clock
 * more than a day wrong is suspect: the correction stands, and the event says so.
 */
export function occurredAt({ stated, sentAt, receivedAt, origin }: ClientTimes): { at: Date; suspect: boolean } {
  if (!stated) return { at: receivedAt, suspect: false };
  const skew = sentAt && origin === 'device' ? receivedAt.getTime() - sentAt.getTime() : 0;
  const corrected = Math.abs(skew) < IGNORED_SKEW_MS ? stated.getTime() : stated.getTime() + skew;
  return { at: new Date(Math.min(corrected, receivedAt.getTime())), suspect: Math.abs(skew) > SUSPECT_SKEW_MS };
}

/** An ISO 8601 text or milliseconds since 1970; null when it is no moment since 1970. */
export function clientMoment(value: unknown): Date | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const at = new Date(typeof value === 'string' && !/[Z+]|-\d{2}:?\d{2}$/i.test(value.slice(10)) && value.length > 10 ? `${value}Z` : value);
  return Number.isNaN(at.getTime()) || at.getTime() < 0 || at.getUTCFullYear() > 9999 ? null : at;
}
