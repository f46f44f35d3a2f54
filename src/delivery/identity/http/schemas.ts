import { z } from 'zod';
import { Id, Name } from '../../../contract/common.js';
import { DateTime } from '../../../platform/http/date-time.js';

const Domain = z.string().trim().min(1).max(253);
const Selector = z.string().max(63).regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'must be small letters, digits and hyphens, such as danbi1');
/** ASCII only: answers to other addresses are refused by many servers. */
const Local = z.string().max(64).regex(/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/, 'must be what stands before @, such as hello');
const Settings = { fromName: z.union([z.literal(''), Name]), fromLocal: Local, bounceDomain: Domain.nullable(), isDefault: z.boolean() };
const KeySource = {
  selector: Selector.optional(),
  /** An RSA key in PEM form, 1024 to 4096 bits; one of 2048 bits is made when absent. Never answered. */
  privateKey: z.string().min(1).max(20_000).optional(),
};

export const SendingDomainRequest = z.strictObject({ domain: Domain, ...z.object(Settings).partial().shape, ...KeySource }).meta({ id: 'SendingDomainRequest' });
export const SendingDomainChange = z.strictObject(Settings).partial().meta({ id: 'SendingDomainChange' });
export const RotationRequest = z.strictObject(KeySource).meta({ id: 'DkimRotationRequest' });
export const SwitchRequest = z.strictObject({ unseen: z.boolean().default(false).meta({ description: 'Switch although DNS does not show the key yet.' }) }).meta({ id: 'DkimSwitchRequest' });
export const Confirmation = z.object({ confirm: z.string().max(253).default('') });
export const SelectorName = Selector;

const Words = z.object({ en: z.string(), ko: z.string() });
const RecordKind = z.enum(['dkim', 'dkim_next', 'spf', 'dmarc', 'return_path']);
const RecordType = z.enum(['TXT', 'MX']);
const CheckView = z.object({
  kind: RecordKind, type: RecordType, name: z.string(), expected: z.string(), found: z.array(z.string()),
  verdict: z.enum(['ok', 'warning', 'missing', 'wrong', 'unknown']), sentence: Words,
}).meta({ id: 'DnsRecordCheck' });

export const SendingDomainView = z.object({
  id: Id, domain: z.string().meta({ description: 'As A-labels.' }), fromName: z.string(), fromLocal: z.string(), bounceDomain: z.string().nullable(), isDefault: z.boolean(),
  secretLost: z.boolean().optional().meta({ description: 'The DKIM key that signs can not be opened, or is gone. Nothing is sent for this domain meanwhile' }),
  status: z.enum(['unchecked', 'verified', 'failing']).meta({ description: 'Whether the last check found the key that signs in DNS.' }),
  createdAt: DateTime, updatedAt: DateTime, checkedAt: DateTime.nullable(), verifiedAt: DateTime.nullable(), checks: z.array(CheckView).nullable(),
  keys: z.array(z.object({ selector: z.string(), publicKey: z.string(), state: z.enum(['next', 'active', 'retired']), createdAt: DateTime, retiredAt: DateTime.nullable() })),
}).meta({ id: 'SendingDomain' });
export const SendingDomainList = z.object({ items: z.array(SendingDomainView), next: z.string().nullable() }).meta({ id: 'SendingDomainList' });
export const PublishRecordList = z.object({
  items: z.array(z.object({
    kind: RecordKind, type: RecordType, name: z.string(), value: z.string(),
    strings: z.array(z.string()).meta({ description: 'The value in parts of at most 255 octets, for zone files.' }), why: Words,
  }).meta({ id: 'DnsRecord' })),
}).meta({ id: 'DnsRecordList' });
export const CheckResult = z.object({ domain: SendingDomainView, checks: z.array(CheckView) }).meta({ id: 'DnsCheckResult' });
