import { ownName, settingsOfUrl } from '../sending/smtp-transport.js';
import type { RelayProfile } from '../identity/domain/provider-headers.js';
import type { SessionSettings } from '../sending/smtp-session.js';

export const PROVIDERS = ['smtp', 'ses', 'sendgrid', 'mailgun', 'postmark'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** A relay as it is configured, with its password. */
export interface Relay {
  /** A uuid, or {@link ENVIRONMENT} or {@link SANDBOX}. */
  id: string;
  name: string;
  host: string;
  port: number;
  security: 'tls' | 'starttls' | 'none';
  verifyCertificate: boolean;
  username: string | null;
  password: string | null;
  provider: Provider;
  /** SES: the configuration set whose events are published. */
  configurationSet: string | null;
  /** Postmark: message streams for marketing (its `broadcast` when null) and transactional mail (its `outbound`). */
  broadcastStream: string | null;
  transactionalStream: string | null;
  /** Sessions at the same time, for each process. */
  connections: number;
  weight: number;
  /** Lower first. */
  priority: number;
  /** Messages a second over all processes. */
  sendRate: number | null;
  /** Messages a second by domain of the recipient; `*` is every other domain, each for itself. */
  domainRates: Record<string, number>;
  enabled: boolean;
}

/** The relay of SMTP_URL, and the mailbox inside Danbi: in use while no relay is configured. */
export const ENVIRONMENT = 'environment';
export const SANDBOX = 'sandbox';

/** A relay as a sender uses it. */
export interface RelayPlan extends RelayProfile, Pick<Relay, 'id' | 'name' | 'connections' | 'weight' | 'priority' | 'sendRate' | 'domainRates'> { session: SessionSettings }

export function sessionOf({ host, port, security, verifyCertificate, username, password }: Pick<Relay, 'host' | 'port' | 'security' | 'verifyCertificate' | 'username' | 'password'>): SessionSettings {
  return {
    host, port, secure: security === 'tls', name: ownName(),
    ...(security === 'starttls' ? { requireTLS: true } : {}),
    ...(security === 'none' ? { ignoreTLS: true } : {}),
    ...(verifyCertificate ? {} : { tls: { rejectUnauthorized: false } }),
    ...(username !== null && password !== null ? { auth: { user: username, pass: password } } : {}),
  };
}

export function planOf({ configurationSet, broadcastStream, transactionalStream, ...relay }: Relay): RelayPlan {
  return {
    ...relay, session: sessionOf(relay),
    ...(configurationSet === null ? {} : { configurationSet }), ...(broadcastStream === null ? {} : { broadcastStream }), ...(transactionalStream === null ? {} : { transactionalStream }),
  };
}

/** The one relay of an installation that has none configured. */
export const planOfUrl = (id: string, url: string, connections: number): RelayPlan => ({
  id, name: id, provider: 'smtp', connections, weight: 1, priority: 0, sendRate: null, domainRates: {}, session: settingsOfUrl(url),
});
