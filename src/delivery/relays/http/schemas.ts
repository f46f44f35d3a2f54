import { z } from 'zod';
import { Id, Name } from '../../../contract/common.js';
import { DateTime } from '../../../platform/http/date-time.js';
import { RELAY_NAME } from '../../identity/domain/provider-headers.js';
import { PROVIDERS } from '../relay-settings.js';

/** A name or address of a host: nothing that could be part of anything else. */
const Host = z.string().trim().max(253).regex(/^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+)$/, 'must be a host name or an IP address');
const Rate = z.number().min(0.01).max(100_000);
const Domain = z.string().max(253).regex(/^(\*|[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+)$/, 'must be a domain in small letters (IDN as xn--), or "*" for every other domain');
// oxlint-disable-next-line no-control-regex
const Credential = z.string().min(1).max(500).regex(/^[^\x00-\x1f\x7f]+$/, 'must not contain control characters');

const ProviderName = z.string().regex(RELAY_NAME, 'must be 1 to 64 letters, digits, "-" or "_"').nullable();

const fields = {
  name: Name,
  host: Host,
  port: z.number().int().min(1).max(65_535),
  /** `tls` from the first byte (465), `starttls` required (587), `none` for a relay on the same machine or network. */
  security: z.enum(['tls', 'starttls', 'none']),
  verifyCertificate: z.boolean(),
  username: Credential.nullable(),
  /** Never answered back. */
  password: Credential.nullable(),
  provider: z.enum(PROVIDERS),
  configurationSet: ProviderName.meta({ description: 'SES: the configuration set whose events are published' }),
  broadcastStream: ProviderName.meta({ description: 'Postmark: the message stream of marketing; null: "broadcast"' }),
  transactionalStream: ProviderName.meta({ description: 'Postmark: the message stream of transactional mail; null: "outbound"' }),
  /** Sessions at the same time, for each process. */
  connections: z.number().int().min(1).max(100),
  weight: z.number().int().min(1).max(1_000),
  /** Lower is used first; the next is used when all before it are open. */
  priority: z.number().int().min(0).max(1_000),
  /** Messages a second over all processes; null: as fast as it takes them. */
  sendRate: Rate.nullable(),
  /** Messages a second by domain of the recipient; `*` is every other domain, each for itself. */
  domainRates: z.record(Domain, Rate).refine((rates) => Object.keys(rates).length <= 200, 'names more than 200 domains'),
  enabled: z.boolean(),
};

export const RelayRequest = z.strictObject({
  ...fields,
  verifyCertificate: fields.verifyCertificate.default(true),
  username: fields.username.default(null),
  password: fields.password.default(null),
  provider: fields.provider.default('smtp'),
  configurationSet: fields.configurationSet.default(null),
  broadcastStream: fields.broadcastStream.default(null),
  transactionalStream: fields.transactionalStream.default(null),
  connections: fields.connections.default(10),
  weight: fields.weight.default(1),
  priority: fields.priority.default(0),
  sendRate: fields.sendRate.default(null),
  domainRates: fields.domainRates.default({}),
  enabled: fields.enabled.default(true),
}).meta({ id: 'RelayRequest' });
export const RelayChange = z.strictObject(fields).partial().meta({ id: 'RelayChange' });

const RelayStateView = z.object({
  /** `open`: left alone since `openedAt` and tried at `probeAt`, because of `lastError`. */
  breaker: z.enum(['closed', 'open']), openedAt: DateTime.nullable(), probeAt: DateTime.nullable(),
  lastError: z.string().nullable(), lastErrorAt: DateTime.nullable(), lastOkAt: DateTime.nullable(),
  /** Rates that were lowered because a server asked for it; they rise by a tenth each minute. The empty domain is the relay as a whole. */
  lowered: z.array(z.object({ domain: z.string(), rate: z.number(), at: DateTime, because: z.string() })),
}).meta({ id: 'RelayState' });

const { password: _password, ...shown } = fields;
export const RelayView = z.object({ id: Id, ...shown, createdAt: DateTime, updatedAt: DateTime, state: RelayStateView, secretLost: z.boolean().optional().meta({ description: 'Its password can not be opened: enter it again. Nothing is sent by it meanwhile' }) }).meta({ id: 'Relay' });
export const RelayList = z.object({
  items: z.array(RelayView),
  sending: z.enum(['relays', 'off', 'away', 'environment', 'sandbox']).meta({ description: 'What becomes of mail now: it leaves through relays or SMTP_URL, stays in the sandbox mailbox, or waits because every relay is off or does not answer.' }),
  /** SMTP_URL or the sandbox mailbox: in use while there are no relays. */
  fallback: z.object({ id: z.enum(['environment', 'sandbox']), inUse: z.boolean(), state: RelayStateView }),
}).meta({ id: 'RelayList' });
export const RelayTrial = z.object({ ok: z.boolean(), answer: z.string(), encrypted: z.boolean(), extensions: z.array(z.string()), largest: z.number().int().nullable() }).meta({ id: 'RelayTrial' });
