import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROVIDERS, type Provider } from '../../src/delivery/returns/providers/domain/provider.js';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { connect, fakeOutside, filed, mailgunProof, post, POSTMARK, proven, sent, signedBySendgrid, stateOf, suppressedFor, basic, type Sending, type SentMessage, type TestConnection } from '../support/provider-hooks.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** One report of a provider and what must become of it; `{{mid}}` and `{{to}}` stand for our message and its address, `{{half}}` for half of an emoji. */
interface Case {
  name: string;
  event: unknown;
  /** Instead of an event: fields of the envelope, or the whole body. */
  fields?: Record<string, unknown>;
  raw?: string;
  /** What is wrong with the request. */
  tamper?: 'signature' | 'topic' | 'old' | 'oversized' | 'replayed';
  status?: number;
  notices: [kind: string, category: string | null][];
  /** How the report ends; `ends` for those of a batch. */
  end: string;
  ends?: string[];
  delivery: string;
  suppressed?: string;
  unsubscribed?: boolean;
  words?: string;
}

const START = new Date('2026-03-02T09:00:00Z');
const cases = (provider: Provider): Case[] => JSON.parse(readFileSync(join(process.cwd(), 'test', 'cases', `provider-reports-${provider}.json`), 'utf8')) as Case[];

const clock = new VirtualClock(START);
let app: TestApp;
const connections = new Map<Provider, TestConnection>();
beforeAll(async () => {
  app = await startTestApp({ clock });
  fakeOutside(app);
  for (const provider of PROVIDERS) connections.set(provider, await connect(app, provider));
});
afterAll(() => app.close());
beforeEach(async () => {
  clock.set(START);
  await rows(app.db, 'truncate inbound_event, delivery, delivery_event, suppression, person, consent, soft_bounce');
});

function requestOf(provider: Provider, one: Case, message: SentMessage): Sending {
  const { event, fields } = JSON.parse(JSON.stringify({ event: one.event, fields: one.fields ?? {} }).replaceAll('{{mid}}', message.id).replaceAll('{{to}}', message.address).replaceAll('{{half}}', '\\ud83d')) as { event: unknown; fields: Record<string, unknown> };
  if (one.raw !== undefined) return rawOf(provider, one.raw);
  const at = one.tamper === 'old' ? new Date(START.getTime() - 26 * 3_600_000) : START;
  const sending = proven(provider, event, at, one.tamper === 'topic' ? { TopicArn: 'arn:aws:sns:us-east-1:666666666666:SES_Events' } : fields);
  if (one.tamper === 'oversized') return { ...sending, body: String(sending.body) + ' '.repeat(5 * 1024 * 1024) };
  return one.tamper === 'signature' ? forged(provider, sending) : sending;
}

function rawOf(provider: Provider, raw: string): Sending {
  if (provider === 'sendgrid') return signedBySendgrid(raw, String(START.getTime() / 1000));
  return { body: raw, headers: { 'content-type': 'application/json', authorization: basic(POSTMARK) } };
}

function forged(provider: Provider, sending: Sending): Sending {
  const message = JSON.parse(String(sending.body)) as Record<string, unknown>;
  if (provider === 'ses') return { ...sending, body: JSON.stringify({ ...message, Message: `${String(message.Message)} ` }) };
  if (provider === 'sendgrid') return { ...sending, body: `${String(sending.body)} ` };
  if (provider === 'mailgun') return { ...sending, body: JSON.stringify({ ...message, signature: mailgunProof(String(START.getTime() / 1000), 'a-token', 'a-key-that-is-not-ours') }) };
  return { ...sending, headers: { ...sending.headers, authorization: basic({ ...POSTMARK, password: 'x'.repeat(24) }) } };
}

const marketingConsents = async (personId: string): Promise<string[]> =>
  (await rows<{ state: string }>(app.db, `select distinct c.state from consent as c where c.person_id = $1 and c.channel = 'email'`, [personId])).map(({ state }) => state);

describe.each(PROVIDERS.map((provider) => ({ provider })))('$provider', ({ provider }) => {
  test.each(cases(provider))('$name', async (one) => {
    const [message] = await sent(app, ['kim.haneul@case.example'], START);
    const request = requestOf(provider, one, message!);
    const connection = connections.get(provider)!;
    if (one.tamper === 'replayed') {
      const { signature } = JSON.parse(String(request.body)) as { signature: unknown };
      await post(app, connection, { ...request, body: JSON.stringify({ signature, 'event-data': { event: 'accepted', id: 'before' } }) });
      await rows(app.db, 'truncate inbound_event');
    }
    expect((await post(app, connection, request)).status).toBe(one.status ?? 200);
    await app.runner.runUntilIdle();
    const kept = await filed(app.db, connection);
    const isRefused = one.status !== undefined;
    expect(kept.map(({ state }) => state)).toEqual(isRefused ? [] : (one.ends ?? [one.end]));
    expect(kept.flatMap(({ notices }) => notices.map(({ kind, category }) => [kind, category]))).toEqual(one.notices);
    if (one.words !== undefined) expect(kept[0]!.notices[0]!.diagnostic).toBe(one.words);
    expect([await stateOf(app.db, message!.id), await suppressedFor(app, message!.address), await marketingConsents(message!.personId)])
      .toEqual([one.delivery, one.suppressed ?? null, one.unsubscribed ? ['unsubscribed'] : []]);
    // Believed reports that come again, as all providers do when an answer was lost, change nothing.
    const again = await post(app, connection, request);
    expect([again.status, (await row<{ count: number }>(app.db, 'select count(*)::int as count from inbound_event'))!.count]).toEqual([one.status ?? 200, kept.length]);
  });
});

test('there are cases enough', () => {
  expect(PROVIDERS.flatMap(cases).length).toBeGreaterThan(100);
});
