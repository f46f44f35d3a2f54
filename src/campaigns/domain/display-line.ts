/** A lease that one person has, or the place in line of a message that was refused because of one. */
export interface InLine {
  /** Of the claim. */
  key: string;
  campaignId: string;
  /** Since when there is the campaign: among equals the older goes first. */
  campaignSince: Date;
  deliveryId: string;
  kind: 'auto' | 'in_app';
  class: string;
  slot: string;
  priority: number;
  state: 'open' | 'waiting';
  /** End of the lease, or of the place in line. */
  leaseUntil: Date;
}

/** Those whose lease is over, and was not taken back yet. */
export const leasesOver = (line: readonly InLine[], now: Date): InLine[] => line.filter(({ state, leaseUntil }) => state === 'open' && leaseUntil <= now);

/** Those that wait for this message's display: a campaign's, or one in-app message's. */
export const waitingFor = (line: readonly InLine[], what: { campaignId: string } | { deliveryId: string }): InLine[] =>
  line.filter((one) => one.state === 'waiting' && ('campaignId' in what ? one.kind === 'auto' && one.campaignId === what.campaignId : one.deliveryId === what.deliveryId));

/** The lease of this class that is open, the one that ends last. */
export function openLease(line: readonly InLine[], { class: slotClass, except }: { class: string; except: string | null }, now: Date): InLine | null {
  const open = line.filter((one) => one.state === 'open' && one.class === slotClass && one.leaseUntil > now && one.key !== except);
  return open.toSorted((a, b) => b.leaseUntil.getTime() - a.leaseUntil.getTime())[0] ?? null;
}

/** Whoever asks for a place on the screen. */
export type Asker = Pick<InLine, 'class' | 'slot' | 'priority' | 'campaignId' | 'campaignSince'>;

/** The message that goes before this one in the same place: it has asked already, and the higher priority or else the older campaign goes first. */
export function firstInLine(line: readonly InLine[], asker: Asker, now: Date): InLine | null {
  const before = line.filter((one) =>
    one.state === 'waiting' && one.leaseUntil > now && one.class === asker.class && one.slot === asker.slot && one.campaignId !== asker.campaignId && goesBefore(one, asker) < 0);
  return before.toSorted(goesBefore)[0] ?? null;
}

const goesBefore = (a: Asker, b: Asker): number =>
  b.priority - a.priority || a.campaignSince.getTime() - b.campaignSince.getTime() || (a.campaignId < b.campaignId ? -1 : 1);
