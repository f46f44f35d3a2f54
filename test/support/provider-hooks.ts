import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { Outside } from '../../src/delivery/returns/providers/outside.js';
import type { Provider } from '../../src/delivery/returns/providers/domain/provider.js';
import { row, rows } from '../../src/platform/database/db.js';
import type { TestApp } from './app.js';
import { makeCertificate, signAsSns } from './certificates.js';
import { makePeople, makePlace, queue } from './deliveries.js';

export const TOPIC = 'arn:aws:sns:us-east-1:1234567890:SES_Events';
export const CERT_URL = 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-12345abcde.pem';
export const MAILGUN_KEY = 'key-0123456789abcdef0123456789abcdef';
export const POSTMARK = { user: 'danbi', password: 'correct-horse-battery-staple' };

export const SENDGRID = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const SENDGRID_PUBLIC = SENDGRID.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
export const AMAZON = makeCertificate(new Date('2000-01-01'), new Date('2049-01-01'));

/** What was asked of the world outside, and what it answers. */
export interface World { asked: string[]; answer: (url: string) => Promise<Buffer> }

/** Replaces the network: Amazon's certificate is ours, every confirmation is taken. */
export function fakeOutside(app: TestApp): World {
  const world: World = { asked: [], answer: async (url) => Buffer.from(url.endsWith('.pem') ? AMAZON.pem : '<ConfirmSubscriptionResponse/>') };
  app.nest.get(Outside, { strict: false }).get = async (url) => {
    world.asked.push(url);
    return world.answer(url);
  };
  return world;
}

const SECRETS = {
  ses: undefined,
  sendgrid: { kind: 'public_key', publicKey: SENDGRID_PUBLIC },
  mailgun: { kind: 'signing_key', signingKey: MAILGUN_KEY },
  postmark: { kind: 'password', ...POSTMARK },
};

export interface TestConnection { id: string; provider: Provider; path: string }

export async function connect(app: TestApp, provider: Provider, more: object = {}): Promise<TestConnection> {
  const { status, body } = await app.api('POST', '/v1/provider-connections', { provider, name: provider, ...(provider === 'ses' ? { topicArns: [TOPIC] } : { secret: SECRETS[provider] }), ...more });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return { id: body.id, provider, path: new URL(body.url).pathname };
}

export interface Sending { body: string | Buffer; headers: Record<string, string> }

/** A request as the provider would send it now, properly proven. `event` is what its documentation calls an event. */
export function proven(provider: Provider, event: unknown, now: Date, more: Record<string, unknown> = {}): Sending {
  const seconds = String(Math.floor(now.getTime() / 1000));
  switch (provider) {
    case 'ses':
      return sns({ Message: typeof event === 'string' ? event : JSON.stringify(event), Timestamp: now.toISOString(), ...more });
    case 'sendgrid':
      return signedBySendgrid(JSON.stringify(Array.isArray(event) ? event : [event]), seconds);
    case 'mailgun':
      return { body: JSON.stringify({ signature: mailgunProof(seconds), 'event-data': event, ...more }), headers: { 'content-type': 'application/json' } };
    case 'postmark':
      return { body: JSON.stringify(event), headers: { 'content-type': 'application/json', authorization: basic(POSTMARK) } };
  }
}

export const basic = ({ user, password }: typeof POSTMARK): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

let messages = 0;
export function sns(fields: Record<string, unknown>, certificate = AMAZON): Sending {
  const message: Record<string, unknown> = { Type: 'Notification', MessageId: `00000000-0000-4000-8000-${String((messages += 1)).padStart(12, '0')}`, TopicArn: TOPIC, SignatureVersion: '1', SigningCertURL: CERT_URL, ...fields };
  return { body: JSON.stringify({ ...message, Signature: signAsSns(message, certificate) }), headers: { 'content-type': 'text/plain; charset=UTF-8' } };
}

export function signedBySendgrid(body: string, seconds: string, key = SENDGRID.privateKey): Sending {
  const signature = sign('sha256', Buffer.from(seconds + body), { key, dsaEncoding: 'der' }).toString('base64');
  return { body, headers: { 'content-type': 'application/json', 'x-twilio-email-event-webhook-signature': signature, 'x-twilio-email-event-webhook-timestamp': seconds } };
}

export function mailgunProof(timestamp: string, token = randomBytes(25).toString('hex'), key = MAILGUN_KEY) {
  return { timestamp, token, signature: createHmac('sha256', key).update(timestamp + token).digest('hex') };
}

export interface HookReply { status: number; body: { filed?: number; code?: string }; headers: Headers }

export async function post(app: TestApp, { path }: TestConnection, { body, headers }: Sending): Promise<HookReply> {
  const answer = await fetch(app.url + path, { method: 'POST', headers, body: body as never });
  return { status: answer.status, body: (await answer.json()) as HookReply['body'], headers: answer.headers };
}

export interface SentMessage { id: string; personId: string; address: string }

/** Messages that the relay has taken, one an address. */
export async function sent(app: TestApp, addresses: readonly string[], now: Date): Promise<SentMessage[]> {
  const people = await makePeople(app.db, addresses.length, now, (index) => addresses[index]!);
  await queue(app.db, await makePlace(app.db, now), people, now);
  return rows<SentMessage>(app.db, `
    update delivery as d set state = 'sent', address = p.email, sent_at = $2::timestamptz, settled_at = $2::timestamptz, first_attempt_at = $2::timestamptz, attempts = 1
      from person as p where p.id = d.person_id and d.person_id = any($1::uuid[])
    returning d.id, d.person_id as "personId", d.address`, [people, now]);
}

export interface Filed { state: string; detail: string; notices: { kind: string; category: string | null; recipient: string | null; outcome: string; status: string | null; diagnostic: string }[] }

/** What was kept of the reports of a connection, in the order of arrival. */
export const filed = (db: DataSource, { id }: TestConnection): Promise<Filed[]> =>
  rows<Filed>(db, `select e.state, e.detail, e.notices from inbound_event as e where e.dedupe_key like $1 || ':%' order by e.id`, [id]);

export const stateOf = async (db: DataSource, id: string): Promise<string> => (await row<{ state: string }>(db, 'select d.state from delivery as d where d.id = $1', [id]))!.state;

/** Reasons for which addresses are suppressed. */
export async function suppressedFor(app: TestApp, address: string): Promise<string | null> {
  const { body } = await app.api('GET', `/v1/suppressions?address=${encodeURIComponent(address)}`);
  return body.items[0]?.reason ?? null;
}
