import { expect, test } from '@jest/globals';
import { providerHeaders } from '../../src/delivery/identity/domain/provider-headers.js';
import { PROVIDERS, type Provider } from '../../src/delivery/returns/providers/domain/provider.js';
import { PROVIDER_READERS } from '../../src/delivery/returns/providers/provider-readers.js';
import type { InboundEvent } from '../../src/delivery/returns/store/inbound-events.store.js';

const RECEIVED = new Date('2026-03-02T09:00:00Z');
const ID = '0198c0de-0000-7000-8000-00000000abcd';

async function read(source: Provider, event: unknown) {
  const reader = PROVIDER_READERS.find((each) => each.source === source)!;
  const inbound: InboundEvent = { id: ID, source, dedupeKey: 'k', contentType: '', body: Buffer.from(JSON.stringify(event)), receivedAt: RECEIVED, envelope: null, attempts: 1, begun: 1 };
  return reader.read(inbound);
}
const ofSes = (message: unknown) => ({ Type: 'Notification', Message: JSON.stringify(message) });

/** What each provider does with the headers of ours, by its documentation, in a report of a complaint. */
const RETURNED: Record<Provider, (headers: Map<string, string>) => unknown> = {
  ses: (headers) => ofSes({ notificationType: 'Complaint', complaint: { complainedRecipients: [{ emailAddress: 'a@b.example' }] }, mail: { headers: [...headers].map(([name, value]) => ({ name, value })) } }),
  sendgrid: (headers) => ({ event: 'spamreport', ...(JSON.parse(headers.get('X-SMTPAPI')!) as { unique_args: object }).unique_args }),
  mailgun: (headers) => ({ 'event-data': { event: 'complained', 'user-variables': JSON.parse(headers.get('X-Mailgun-Variables')!) as object } }),
  postmark: (headers) => ({ RecordType: 'SpamComplaint', Metadata: Object.fromEntries([...headers].flatMap(([name, value]) => (name.startsWith('X-PM-Metadata-') ? [[name.slice(14), value]] : []))) }),
};

test.each(PROVIDERS)('%s: the delivery that our headers name comes back', async (provider) => {
  const headers = new Map(providerHeaders({ provider }, ID, false).map((header) => header.split(/: (.*)/s).slice(0, 2) as [string, string]));
  expect(await read(provider, RETURNED[provider](headers))).toMatchObject([{ kind: 'complaint', deliveryId: ID }]);
});

test.each<[string, unknown, string | null]>([
  ['one of ours', ID.toUpperCase(), ID],
  ['of somebody else', 'order-17', null],
  ['ours and more', `${ID}0`, null],
  ['no text', { mid: ID }, null],
])('a mid that is %s', async (_name, mid, expected) => {
  expect((await read('sendgrid', { event: 'spamreport', mid }))[0]!.deliveryId).toBe(expected);
});

test.each<[Provider, unknown, string]>([
  ['sendgrid', 1_772_441_940, '2026-03-02T08:59:00.000Z'],
  ['sendgrid', 1_772_441_940.25, '2026-03-02T08:59:00.250Z'],
  ['postmark', '2016-04-27T16:28:50.3963933-04:00', '2016-04-27T20:28:50.396Z'],
  ['sendgrid', 0, RECEIVED.toISOString()],
  ['sendgrid', 99_999_999_999, RECEIVED.toISOString()],
  ['postmark', 'tomorrow', RECEIVED.toISOString()],
  ['postmark', {}, RECEIVED.toISOString()],
  ['sendgrid', undefined, RECEIVED.toISOString()],
])('by the clock of %s it happened at %j: %s', async (provider, at, expected) => {
  const event = provider === 'sendgrid' ? { event: 'spamreport', timestamp: at, mid: ID } : { RecordType: 'SpamComplaint', BouncedAt: at, Metadata: { mid: ID } };
  expect((await read(provider, event))[0]!.at.toISOString()).toBe(expected);
});

test('a long answer of a server is cut, and never inside a character', async () => {
  const [notice] = await read('sendgrid', { event: 'bounce', type: 'bounce', reason: `550 ${'가'.repeat(495)}🎉🎉🎉`, mid: ID });
  expect([notice!.diagnostic.length, /\p{Surrogate}/u.test(notice!.diagnostic)]).toEqual([499, false]);
});

test('a Message-ID is taken with and without its brackets, and Postmark\'s own is none', async () => {
  const idOf = async (source: Provider, event: unknown) => (await read(source, event))[0]!.messageId;
  expect([
    await idOf('sendgrid', { event: 'spamreport', 'smtp-id': `<${ID}@shop.example>` }),
    await idOf('mailgun', { 'event-data': { event: 'complained', message: { headers: { 'message-id': `${ID}@shop.example` } } } }),
    await idOf('ses', ofSes({ eventType: 'Complaint', complaint: { complainedRecipients: [{}] }, mail: { commonHeaders: { messageId: `<${ID}@shop.example>` } } })),
    await idOf('postmark', { RecordType: 'SpamComplaint', MessageID: ID }),
  ]).toEqual([`${ID}@shop.example`, `${ID}@shop.example`, `${ID}@shop.example`, null]);
});
