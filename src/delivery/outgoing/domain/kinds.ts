/** What of a message can be told to other systems. `goal`: a run ended because its goal was reached. */
export const OUTGOING_KINDS = ['sent', 'delivered', 'uncertain', 'refused', 'bounced', 'complained', 'unsubscribed', 'opened', 'clicked', 'displayed', 'dismissed', 'replied', 'goal'] as const;
export type OutgoingKind = (typeof OUTGOING_KINDS)[number];

/** `danbi`: one POST an event, as Standard Webhooks has it; `segment`: batches for Segment or RudderStack. */
export const FORMATS = ['danbi', 'segment'] as const;
export type OutgoingFormat = (typeof FORMATS)[number];
