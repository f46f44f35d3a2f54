/** Who relays a message. `smtp` is any server that adds nothing of its own. */
export type RelayProvider = 'smtp' | 'ses' | 'sendgrid' | 'mailgun' | 'postmark';

/** What a relay must be told in headers so that its webhooks name the delivery. */
export interface RelayProfile {
  provider: RelayProvider;
  /** SES: the configuration set whose events are published. */
  configurationSet?: string;
  /** Postmark: message stream for marketing, `broadcast` when absent. */
  broadcastStream?: string;
  /** Postmark: message stream for transactional mail, `outbound` when absent. */
  transactionalStream?: string;
}

export const PLAIN_SMTP: RelayProfile = { provider: 'smtp' };

/** Names of configuration sets and streams: what SES and Postmark allow, and nothing that is syntax in a header. */
export const RELAY_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Headers by which the provider's events carry the delivery's id as `mid` (5-email.md, section 1). The providers remove
 * them, so they are never signed.
 *
 * @throws {RangeError} when a configured name could break out of its header
 */
export function providerHeaders(profile: RelayProfile, deliveryId: string, transactional: boolean): string[] {
  switch (profile.provider) {
    case 'smtp':
      return [];
    case 'ses':
      return [`X-SES-MESSAGE-TAGS: mid=${deliveryId}`, ...(profile.configurationSet === undefined ? [] : [`X-SES-CONFIGURATION-SET: ${named(profile.configurationSet)}`])];
    case 'sendgrid':
      return [`X-SMTPAPI: ${JSON.stringify({ unique_args: { mid: deliveryId } })}`];
    case 'mailgun':
      return [`X-Mailgun-Variables: ${JSON.stringify({ mid: deliveryId })}`];
    case 'postmark': {
      const stream = transactional ? profile.transactionalStream ?? 'outbound' : profile.broadcastStream ?? 'broadcast';
      return [`X-PM-Metadata-mid: ${deliveryId}`, `X-PM-Message-Stream: ${named(stream)}`, 'X-PM-KeepID: true'];
    }
  }
}

function named(text: string): string {
  if (!RELAY_NAME.test(text)) throw new RangeError('A name of the relay has characters other than letters, digits, - and _.');
  return text;
}

/** Headers that this provider replaces: signing them would break the signature (SES documentation on manual DKIM signing). */
export const replacedHeaders = ({ provider }: RelayProfile): readonly string[] => (provider === 'ses' ? ['message-id', 'date'] : []);
