import type { SiteSettings } from '../../../src/contract/visitor-wire.js';
import type { Consent, ConsentState } from '../api.js';

export interface Circumstances {
  /** The site asks its visitors itself (`data-consent="manual"`). */
  manual?: boolean;
  /** Undefined until the server has answered for the first time: until then nothing may be kept. */
  settings: SiteSettings | undefined;
  /** The browser says no for its owner: Global Privacy Control or Do Not Track. */
  refuses: boolean;
}

/** What may be done now: what the visitor has said, else what the browser says for them, else what the site has set. */
export function decide(said: Partial<Consent>, { manual, settings, refuses }: Circumstances): Consent {
  const unsaid: ConsentState = manual || !settings || settings.consent ? 'pending' : 'granted';
  return { analytics: said.analytics ?? (unsaid === 'granted' && refuses && settings!.gpc !== 0 ? 'denied' : unsaid), messages: said.messages ?? unsaid };
}
