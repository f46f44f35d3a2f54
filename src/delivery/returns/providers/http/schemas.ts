import { z } from 'zod';
import { Name } from '../../../../contract/common.js';
import { DateTime } from '../../../../platform/http/date-time.js';
import { networkFrom } from '../domain/networks.js';
import { PROVIDERS, REFUSAL_REASONS } from '../domain/provider.js';
import { sendgridKey } from '../domain/sendgrid.js';

export const HookAnswer = z.object({ filed: z.number().int().describe('Reports that were new; 0 when all were known.') }).meta({ id: 'HookAnswer' });

const TopicArn = z.string().max(300).regex(/^arn:aws(-cn|-us-gov)?:sns:[a-z0-9-]{1,30}:\d{6,20}:[A-Za-z0-9_.-]{1,256}$/, 'must be the ARN of an SNS topic such as arn:aws:sns:ap-northeast-2:123456789012:ses-events');
const TopicArns = z.array(TopicArn).max(20).describe('Of ses: the SNS topics whose messages are believed. A signature of Amazon proves only that some account of Amazon sent it.');
const Network = z.string().max(60).transform((text, context) => {
  const network = networkFrom(text);
  if (network !== null) return network;
  context.addIssue({ code: 'custom', message: 'must be an address or a network such as 203.0.113.0/24' });
  return z.NEVER;
});
const Networks = z.array(Network).max(50).describe('Where requests may come from; empty: anywhere. Behind a reverse proxy, TRUSTED_PROXIES must name it.');

export const SecretRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('public_key'), publicKey: z.string().trim().max(400).refine((text) => sendgridKey(text) !== null, 'must be the verification key as SendGrid shows it: base64 of a P-256 public key') }),
  z.strictObject({ kind: z.literal('signing_key'), signingKey: z.string().trim().min(16).max(200).regex(/^[\x21-\x7e]+$/, 'must be printable ASCII') }),
  z.strictObject({ kind: z.literal('password'), user: z.string().min(1).max(100).regex(/^[\x21-\x39\x3b-\x7e]+$/, 'must be printable ASCII without ":"'), password: z.string().min(20, 'must have at least 20 characters: make a random one').max(200).regex(/^[\x21-\x7e]+$/, 'must be printable ASCII') }),
]).describe('sendgrid: public_key; mailgun: signing_key (the HTTP webhook signing key); postmark: password. Never answered back.').meta({ id: 'ProviderSecretRequest' });

export const ConnectionRequest = z.strictObject({
  provider: z.enum(PROVIDERS), name: Name,
  topicArns: TopicArns.default([]), networks: Networks.default([]),
  secret: SecretRequest.optional(),
}).meta({ id: 'ProviderConnectionRequest' });
export const ConnectionPatch = z.strictObject({ name: Name.optional(), enabled: z.boolean().optional(), topicArns: TopicArns.optional(), networks: Networks.optional() }).meta({ id: 'ProviderConnectionChange' });

export const ConnectionView = z.object({
  id: z.uuid(), provider: z.enum(PROVIDERS), name: z.string(), enabled: z.boolean(),
  url: z.string().describe('To paste at the provider. It is a secret; for postmark put USER:PASSWORD@ before the host.'),
  topicArns: z.array(z.string()), networks: z.array(z.string()),
  secrets: z.array(z.object({ id: z.uuid(), hint: z.string(), addedAt: DateTime })).describe('What proofs are checked with, newest first; at most two.'),
  createdAt: DateTime, lastEventAt: DateTime.nullable().describe('When the provider was last heard, to the minute.'),
  refusedCount: z.number().int(), lastRefusedAt: DateTime.nullable(), lastRefusedReason: z.enum(REFUSAL_REASONS).nullable(),
  secretLost: z.boolean().optional().describe('A secret of it can not be opened any more and is not among these: enter it again.'),
}).meta({ id: 'ProviderConnection' });
export const ConnectionList = z.object({ items: z.array(ConnectionView), next: z.string().nullable() }).meta({ id: 'ProviderConnectionList' });
