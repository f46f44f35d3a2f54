import type { Consent, ConsentState } from '../api.js';

/**
 * What may be done now: what the visitor has said, else what the browser says for them, else what the site has set.
 *
 * @param asks visitors are asked first, or the server has not yet said whether they are
 * @param refuses the browser says no for its owner (Global Privacy Control, Do Not Track), and that is listened to
 */
export function decide({ analytics, messages }: Partial<Consent>, asks: unknown, refuses: boolean): Consent {
  const unsaid: ConsentState = asks ? 'pending' : 'granted';
  return { analytics: analytics || (refuses && !asks ? 'denied' : unsaid), messages: messages || unsaid };
}
