const MINUTE_MS = 60_000;
/** Names held at once, some 100 bytes each. Whoever comes after so many others within a minute is not counted: better that than to refuse strangers. */
const MOST_NAMES = 100_000;

/**
 * Counts by name within a minute of the clock. All that was counted is dropped with its minute, so there is neither a timer nor an entry for each name to
 * look after; in exchange twice the number can pass around the change of the minute.
 */
export class MinuteCounts {
  private minute = Number.NaN;
  private counts = new Map<string, number>();

  /** @param most a minute; 0: without limit */
  constructor(private readonly most: number) {}

  /** Counts one. @returns null, or when there were too many, the seconds until the minute is over (1 to 60) */
  take(name: string, now: Date): number | null {
    if (this.most === 0) return null;
    const minute = Math.floor(now.getTime() / MINUTE_MS);
    if (minute !== this.minute) {
      this.minute = minute;
      this.counts = new Map();
    }
    const before = this.counts.get(name) ?? 0;
    if (before >= this.most) return Math.ceil(((minute + 1) * MINUTE_MS - now.getTime()) / 1_000);
    if (before > 0 || this.counts.size < MOST_NAMES) this.counts.set(name, before + 1);
    return null;
  }
}
