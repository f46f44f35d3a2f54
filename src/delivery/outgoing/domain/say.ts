import type { OutgoingFormat, OutgoingKind } from './kinds.js';

/** One thing that became of a message, with what is known around it. */
export interface OutgoingFact {
  kind: OutgoingKind;
  at: Date;
  delivery: { id: string; channel: string; variant: string; topic: string; address: string | null } | null;
  campaign: { id: string; name: string } | null;
  stepId: string | null;
  enrollmentId: string | null;
  person: { id: string; userId: string | null; anonymousId: string | null; email: string | null };
  /** What the ledger keeps of it: reason, verdict, link, kind of bounce. */
  data: Record<string, unknown>;
}

/** Of what the ledger keeps only this leaves: neither words of people nor their networks. */
const TOLD = ['reason', 'verdict', 'url', 'link', 'kind', 'class', 'status', 'button'] as const;

const toldOf = (data: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(TOLD.flatMap((name) => (typeof data[name] === 'string' || typeof data[name] === 'number' ? [[name, data[name]]] : [])));

/** The body of one event: `{"type": "message.opened", "timestamp", "data"}` (Standard Webhooks). */
export function danbiBody({ kind, at, delivery, campaign, stepId, enrollmentId, person, data }: OutgoingFact): object {
  return {
    type: kind === 'goal' ? 'goal.reached' : `message.${kind}`, timestamp: at.toISOString(),
    data: {
      deliveryId: delivery?.id ?? null, enrollmentId, campaignId: campaign?.id ?? null, campaignName: campaign?.name ?? null, stepId,
      channel: delivery?.channel ?? null, variant: delivery?.variant ?? null, topic: delivery?.topic ?? null,
      person: { id: person.id, userId: person.userId, email: person.email }, address: delivery?.address ?? null, ...toldOf(data),
    },
  };
}

/** Names of Segment's e-mail specification (segment.com/docs/connections/spec/email); its other channels have none. */
const EMAIL_NAMES: Partial<Record<OutgoingKind, string>> = {
  sent: 'Email Sent', delivered: 'Email Delivered', opened: 'Email Opened', clicked: 'Email Link Clicked', bounced: 'Email Bounced', complained: 'Email Marked as Spam', unsubscribed: 'Unsubscribed',
};
const OTHER_NAMES: Record<OutgoingKind, string> = {
  sent: 'Message Sent', delivered: 'Message Delivered', uncertain: 'Message Uncertain', refused: 'Message Refused', bounced: 'Message Bounced', complained: 'Message Marked as Spam', unsubscribed: 'Unsubscribed',
  opened: 'Message Opened', clicked: 'Message Clicked', displayed: 'Message Displayed', dismissed: 'Message Dismissed', replied: 'Message Replied', goal: 'Campaign Goal Reached',
};

/** Segment's limits: a call to 32 kB, a batch to 500 kB (segment.com/docs/connections/sources/catalog/libraries/server/http-api). */
const LONGEST_TEXT = 2_000;

/** The `track` call of one event. @param id makes it one of a kind there too */
export function segmentCall(id: string, { kind, at, delivery, campaign, stepId, person, data }: OutgoingFact): object {
  const { url, link, ...told } = toldOf(data);
  const target = url ?? link;
  return {
    type: 'track', messageId: id, event: (delivery?.channel === 'email' ? EMAIL_NAMES[kind] : undefined) ?? OTHER_NAMES[kind], timestamp: at.toISOString(),
    ...(person.userId === null ? { anonymousId: person.anonymousId ?? person.id } : { userId: person.userId }),
    properties: {
      ...(delivery ? { email_id: delivery.id, delivery_id: delivery.id, channel: delivery.channel, variant: delivery.variant, topic_id: delivery.topic } : {}),
      ...(campaign ? { campaign_id: campaign.id, campaign_name: campaign.name.slice(0, LONGEST_TEXT) } : {}), ...(stepId === null ? {} : { step_id: stepId }),
      ...(target === undefined ? {} : { link_url: String(target).slice(0, LONGEST_TEXT) }), ...told,
    },
    context: { library: { name: 'danbi' }, ...(person.email === null ? {} : { traits: { email: person.email } }) },
  };
}

/** What is kept of an event and posted as it is, on every try. */
export const payloadOf = (format: OutgoingFormat, id: string, fact: OutgoingFact): object => (format === 'segment' ? segmentCall(id, fact) : danbiBody(fact));
