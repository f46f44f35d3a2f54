/** What a retention policy is made for. */
export const KINDS = ['events', 'in_app', 'test_mail', 'returned_mail', 'audit', 'webhook_attempts', 'imports'] as const;
export type Kind = (typeof KINDS)[number];

/** How few and how many days a kind can be kept; `standard`: without a policy, null for ever. */
export interface Bounds { least: number; most: number; standard: number | null }

const YEARS = 3_650;
/**
 * Events need the partitions of the months around now; the audit log answers for a year. What Danbi
 * forgets by itself can only be forgotten sooner.
 */
export const BOUNDS: Record<Kind, Bounds> = {
  events: { least: 60, most: YEARS, standard: null },
  in_app: { least: 30, most: YEARS, standard: null },
  test_mail: { least: 1, most: YEARS, standard: null },
  returned_mail: { least: 7, most: 90, standard: 90 },
  audit: { least: 365, most: YEARS, standard: null },
  webhook_attempts: { least: 3, most: 30, standard: 30 },
  imports: { least: 7, most: YEARS, standard: null },
};

const DAY_MS = 86_400_000;

/** Before this moment a kind goes. Events go by whole months of UTC, so that what is asked about a month is asked about all of it. */
export function horizonOf(kind: Kind, days: number, now: Date): Date {
  const at = new Date(now.getTime() - days * DAY_MS);
  return kind === 'events' ? new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1)) : at;
}

/** The month a partition of events holds, by its name; null of the one for everything else. */
export function monthOf(partition: string): { from: Date; to: Date } | null {
  const found = /^event_(\d{4})_(\d{2})$/.exec(partition);
  if (!found) return null;
  const [year, month] = [Number(found[1]), Number(found[2])];
  return { from: new Date(Date.UTC(year, month - 1, 1)), to: new Date(Date.UTC(year, month, 1)) };
}
