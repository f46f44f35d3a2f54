/** Every number whose people can be listed. */
export const NUMBERS = [
  'entered', 'active', 'completed', 'exited', 'cancelled', 'refused_entry', 'arrived', 'in_progress', 'control', 'refused', 'uncertain', 'assigned', 'chosen', 'reached', 'sent', 'delivered', 'bounced', 'hard_bounced',
  'opened', 'clicked', 'unsubscribed', 'complained', 'dismissed', 'replied', 'converted', 'matured', 'matured_converted', 'test_assigned', 'test_matured', 'test_converted', 'test_maturing',
] as const;
export type PeopleNumber = (typeof NUMBERS)[number];
