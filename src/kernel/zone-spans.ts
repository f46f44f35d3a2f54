import { Temporal } from 'temporal-polyfill';

/** A stretch of time over which a zone's clocks are ahead of UTC by the same; all in milliseconds, `to` is not in it. */
export interface ZoneSpan { from: number; to: number; offset: number }

const DAY = 86_400_000;
/** Nobody looks farther than this from one moment: what clocks do there is not known well. */
const REACH = 400 * DAY;
/** Local times this close to a change of the clocks may be there twice, or not at all: longer than any change there ever was. */
const UNSURE = 2 * DAY;
/** Spans kept of a zone, and zones. */
const MOST_SPANS = 24;
const MOST_ZONES = 700;
/** Looking one up costs as much as a hundred answers the long way (4.5 ms): who is asked about a zone here and there goes that way. */
const WORTH_IT = 50;

const known = new Map<string, { spans: ZoneSpan[]; misses: number }>();

/** Where the clocks of a zone stood at a moment, with how long they were and will be left alone; null when it is seldom asked, or too much is kept already. */
export function spanAt(zone: string, at: number): ZoneSpan | null {
  const asked = known.get(zone);
  if (!asked) {
    if (known.size < MOST_ZONES) known.set(zone, { spans: [], misses: 1 });
    return null;
  }
  for (const span of asked.spans) if (at >= span.from && at < span.to) return span;
  if (asked.spans.length >= MOST_SPANS || (asked.misses += 1) < WORTH_IT) return null;
  asked.misses = 0;
  const span = lookUp(zone, at);
  asked.spans.unshift(span);
  return span;
}

function lookUp(zone: string, at: number): ZoneSpan {
  const moment = (millis: number) => Temporal.Instant.fromEpochMilliseconds(millis).toZonedDateTimeISO(zone);
  const here = moment(at);
  // Asked a little later, so that a change at this very moment is the beginning of the span.
  const before = moment(at + 1).getTimeZoneTransition('previous')?.epochMilliseconds ?? -Infinity;
  const after = here.getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity;
  return { from: Math.max(before, at - REACH), to: Math.min(after, at + REACH), offset: here.offsetNanoseconds / 1e6 };
}

/** Whether the local time of a moment is there once and by the offset of this span, for sure. */
export const isSure = ({ from, to }: ZoneSpan, at: number): boolean => at >= from + UNSURE && at < to - UNSURE;
