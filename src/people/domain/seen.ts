/** When somebody was there: the first event to the millisecond, the last one by the minute in which it was. */
export interface Seen { first: Date; last: Date }

const STEP_MS = 60_000;

/** The span of these moments; null when there are none. */
export function spanOf(moments: Iterable<Date>): Seen | null {
  let span: Seen | null = null;
  for (const at of moments) {
    if (!span) span = { first: at, last: at };
    else if (at < span.first) span.first = at;
    else if (at > span.last) span.last = at;
  }
  return span;
}

/**
 * How a span is kept: the last moment is the beginning of its minute, but never before the first. A visit of a hundred events
 * then writes its person a few times and not a hundred, and the result is the same in whatever order the events arrive.
 */
export const keptSpan = ({ first, last }: Seen): Seen => ({ first, last: new Date(Math.max(Math.floor(last.getTime() / STEP_MS) * STEP_MS, first.getTime())) });
