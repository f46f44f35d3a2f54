import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { addressHash } from '../../src/delivery/preferences/domain/address.js';
import { refusals } from '../../src/delivery/preferences/store/reachability.store.js';
import { applyNotices, type Applied } from '../../src/delivery/returns/apply-notices.js';
import type { ReturnNotice } from '../../src/delivery/returns/notice.js';
import { cancelClaimed, claimDue, deferClaimed } from '../../src/delivery/sending/store/claims.store.js';
import { expireLeases } from '../../src/delivery/sending/store/recovery.store.js';
import { newId } from '../../src/kernel/ids.js';
import { inTransaction, row, rows } from '../../src/platform/database/db.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { deliveries, makePeople, makePlace, queue, type Place } from '../support/deliveries.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const DAY = 86_400_000;
let database: TestDatabase;
let place: Place;
beforeAll(async () => {
  database = await createTestDatabase();
  place = await makePlace(database.db, NOW);
});
afterAll(() => database.drop());
beforeEach(() => rows(database.db, 'truncate delivery, delivery_event, suppression, soft_bounce, person, consent'));

const notice = (more: Partial<ReturnNotice>): ReturnNotice => ({ kind: 'hard', category: 'invalid_recipient', status: '5.1.1', diagnostic: '550 5.1.1 no such user', recipient: 'p0@example.com', deliveryId: null, messageId: null, at: NOW, ...more });
const apply = (notices: ReturnNotice[], now = NOW): Promise<Applied[]> => inTransaction(database.db, (tx) => applyNotices(tx, notices, now));
const outcomes = async (...notices: ReturnNotice[]) => (await apply(notices)).map(({ outcome }) => outcome);

/** A delivery of p0@example.com in this state, and its person. */
async function sent(state = 'sent', more: { at?: Date; personId?: string; address?: string | null } = {}): Promise<{ id: string; personId: string }> {
  const personId = more.personId ?? (await makePeople(database.db, 1, NOW))[0]!;
  const [id] = await queue(database.db, place, [personId], NOW);
  await rows(database.db, `update delivery set state = $2, address = $3, sent_at = case when $2 in ('sent', 'delivered', 'bounced') then $4::timestamptz end where id = $1`, [id, state, more.address === undefined ? 'p0@example.com' : more.address, more.at ?? NOW]);
  return { id: id!, personId };
}
const stateOf = async (id: string) => (await deliveries(database.db)).get(id)!.state;
const events = () => rows<{ kind: string; key: string }>(database.db, `select e.kind, e.event_key as key from delivery_event as e order by e.kind, e.event_key`);
const suppressed = () => rows<{ reason: string; until: Date | null }>(database.db, 'select s.reason, s.until from suppression as s');

test.each([
  { from: 'sent', kind: 'hard', to: 'bounced', outcome: 'applied' },
  { from: 'sent', kind: 'soft', to: 'bounced', outcome: 'applied' },
  { from: 'sent', kind: 'block', to: 'bounced', outcome: 'applied' },
  { from: 'sent', kind: 'delivered', to: 'delivered', outcome: 'applied' },
  { from: 'sent', kind: 'delayed', to: 'sent', outcome: 'noted' },
  { from: 'sent', kind: 'auto_reply', to: 'sent', outcome: 'noted' },
  { from: 'sent', kind: 'unknown', to: 'sent', outcome: 'not_understood' },
  { from: 'sent', kind: 'complaint', to: 'sent', outcome: 'applied' },
  { from: 'uncertain', kind: 'hard', to: 'bounced', outcome: 'applied' },
  { from: 'uncertain', kind: 'delivered', to: 'delivered', outcome: 'applied' },
  { from: 'delivered', kind: 'hard', to: 'bounced', outcome: 'applied' },
  { from: 'delivered', kind: 'delivered', to: 'delivered', outcome: 'known' },
  { from: 'bounced', kind: 'delivered', to: 'bounced', outcome: 'known' },
  { from: 'sending', kind: 'hard', to: 'sending', outcome: 'too_early' },
  { from: 'queued', kind: 'delivered', to: 'queued', outcome: 'too_early' },
  { from: 'failed', kind: 'hard', to: 'failed', outcome: 'applied' },
  { from: 'cancelled', kind: 'delivered', to: 'cancelled', outcome: 'known' },
] as const)('$kind about a message that is $from', async ({ from, kind, to, outcome }) => {
  const { id } = await sent(from);
  expect(await outcomes(notice({ kind, deliveryId: id }))).toEqual([outcome]);
  expect(await stateOf(id)).toBe(to);
  const seen = await events();
  // Again it changes nothing, whatever the reporter's clock says this time.
  expect(await outcomes(notice({ kind, deliveryId: id, at: new Date(NOW.getTime() - 1_000) }))).toEqual([outcome === 'applied' ? 'known' : outcome]);
  expect([await stateOf(id), await events()]).toEqual([to, seen]);
});

test('a hard bounce suppresses the address we wrote to, whoever else the report names', async () => {
  const { id, personId } = await sent();
  expect(await outcomes(notice({ deliveryId: id, recipient: 'forwarded@elsewhere.example' }))).toEqual(['applied']);
  expect(await rows(database.db, 'select s.address_hash as hash, s.reason, s.detail, s.evidence from suppression as s')).toEqual([
    { hash: addressHash('p0@example.com'), reason: 'bounce', detail: '550 5.1.1 no such user', evidence: { deliveryId: id, category: 'invalid_recipient', status: '5.1.1' } }]);
  expect(await refusals(database.db, { personIds: [personId], channel: 'email', topic: 'receipts', now: NOW })).toEqual(new Map([[personId, 'SUPPRESSED_BOUNCE']]));
});

test('what was in doubt and came back counts as sent', async () => {
  const { id } = await sent('uncertain');
  await apply([notice({ deliveryId: id })]);
  expect(await row(database.db, 'select d.reason, d.sent_at as "sentAt", d.detail from delivery as d where d.id = $1', [id])).toEqual({ reason: 'PROVIDER_REJECTED', sentAt: NOW, detail: '550 5.1.1 no such user' });
});

test('a sender killed before it settled: the address of the claim is judged, whatever the person has now', async () => {
  const [who] = await makePeople(database.db, 1, NOW, () => 'old@example.com');
  const [id] = await queue(database.db, place, [who!], NOW);
  await claimDue(database.db, { channel: 'email', worker: 'killed', leaseUntil: NOW, limit: 1, held: [], now: NOW });
  await rows(database.db, `update person set email = 'new@example.com' where id = $1`, [who]);
  await expireLeases(database.db, [], new Date(NOW.getTime() + 1));
  await apply([notice({ deliveryId: id, recipient: 'OLD@example.com' })]);
  expect([await stateOf(id!), await rows(database.db, 'select s.address_hash as hash from suppression as s')]).toEqual(['bounced', [{ hash: addressHash('old@example.com') }]]);
});

test('a message put back or refused before anything was tried names no address', async () => {
  const people = await makePeople(database.db, 2, NOW);
  await queue(database.db, place, people, NOW);
  const [later, refused] = await claimDue(database.db, { channel: 'email', worker: 'w', leaseUntil: NOW, limit: 2, held: [], now: NOW });
  await deferClaimed(database.db, [{ deliveryId: later!.id, personId: later!.personId, code: 'QUIET_HOURS_DEFERRED', until: NOW, detail: '', facts: null }]);
  await cancelClaimed(database.db, [{ deliveryId: refused!.id, personId: refused!.personId, code: 'CAMPAIGN_INACTIVE', detail: null, facts: null }], NOW);
  expect(await rows(database.db, 'select d.address from delivery as d')).toEqual([{ address: null }, { address: null }]);
});

test('D4: of several recipients only the one we wrote to counts', async () => {
  const { id } = await sent();
  const full = notice({ kind: 'soft', category: 'full', status: '5.2.2', deliveryId: id });
  const stranger = notice({ deliveryId: id, recipient: 'stranger@example.com' });
  expect(await outcomes(stranger, full)).toEqual(['other_recipient', 'applied']);
  expect([await suppressed(), (await events()).map(({ key }) => key)]).toEqual([[], ['return:soft']]);
});

test('several strangers and nobody we wrote to: nothing changes', async () => {
  const { id } = await sent();
  expect(await outcomes(notice({ deliveryId: id, recipient: 'a@x.example' }), notice({ deliveryId: id, recipient: 'b@x.example' }))).toEqual(['other_recipient', 'other_recipient']);
  expect(await stateOf(id)).toBe('sent');
});

test.each([
  { name: 'the address we wrote to', recipient: 'P0@Example.COM', kind: 'hard', outcome: 'applied' },
  { name: 'another address', recipient: 'victim@example.com', kind: 'hard', outcome: 'other_recipient' },
  { name: 'no address', recipient: null, kind: 'hard', outcome: 'other_recipient' },
  { name: 'a complaint without an address', recipient: null, kind: 'complaint', outcome: 'applied' },
  { name: 'a complaint about another address', recipient: 'victim@example.com', kind: 'complaint', outcome: 'other_recipient' },
] as const)('by Message-ID with $name: $outcome', async ({ recipient, kind, outcome }) => {
  const { id } = await sent();
  expect(await outcomes(notice({ messageId: `${id}@news.example.com`, recipient, kind }))).toEqual([outcome]);
  expect((await suppressed()).length).toBe(outcome === 'applied' ? 1 : 0);
});

test('never by recipient alone; of a message nobody knows; of one being settled now', async () => {
  const { id } = await sent();
  expect(await outcomes(notice({}), notice({ deliveryId: newId() }), notice({ kind: 'auto_reply' }))).toEqual(['unattributed', 'unknown_message', 'noted']);
  await inTransaction(database.db, async (tx) => {
    await rows(tx, 'select 1 from delivery as d where d.id = $1 for update', [id]);
    expect(await outcomes(notice({ deliveryId: id }))).toEqual(['too_early']);
  });
  expect(await stateOf(id)).toBe('sent');
});

test('a complaint takes the person off all advertising by e-mail, and receipts still go', async () => {
  const { id, personId } = await sent('delivered');
  await apply([notice({ kind: 'complaint', category: null, deliveryId: id })]);
  const consents = await rows(database.db, 'select c.topic, c.state, c.source from consent as c order by c.topic');
  expect(consents).toContainEqual({ topic: 'news', state: 'unsubscribed', source: `complaint:${id}` });
  expect(await rows(database.db, `select c.topic, c.state, c.method, c.actor from consent_proof as c where c.delivery_id = $1`, [id])).toContainEqual({ topic: 'news', state: 'unsubscribed', method: 'complaint', actor: 'provider' });
  expect(consents).not.toContainEqual(expect.objectContaining({ topic: 'receipts' }));
  const ask = (topic: string) => refusals(database.db, { personIds: [personId], channel: 'email', topic, now: NOW });
  expect([(await ask('news')).size, (await ask('receipts')).size]).toEqual([1, 0]);
  expect([await stateOf(id), await events()]).toEqual(['delivered', [{ kind: 'complaint', key: 'return' }]]);
});

/** So many soft bounces of one address, a message each `step` days. */
async function softBounces(count: number, step: number, category: ReturnNotice['category'] = 'full'): Promise<string> {
  const [personId] = await makePeople(database.db, 1, NOW);
  for (let index = 0; index < count; index += 1) {
    const at = new Date(NOW.getTime() + index * step * DAY);
    const { id } = await sent('sent', { personId, at });
    await apply([notice({ kind: 'soft', category, deliveryId: id, at })], at);
  }
  return personId!;
}

test('called inactive twice in a row, an address is gone', async () => {
  await softBounces(1, 1, 'inactive');
  expect(await suppressed()).toEqual([]);
  await rows(database.db, 'truncate delivery, delivery_event, soft_bounce, person');
  await softBounces(2, 1, 'inactive');
  expect(await suppressed()).toEqual([{ reason: 'bounce', until: null }]);
});

test('five soft bounces in a row over a week pause the address for thirty days', async () => {
  await softBounces(4, 2);
  expect(await suppressed()).toEqual([]);
  await rows(database.db, 'truncate delivery, soft_bounce, person');
  const personId = await softBounces(5, 2);
  const until = new Date(NOW.getTime() + 38 * DAY);
  expect(await suppressed()).toEqual([{ reason: 'soft_bounce', until }]);
  const ask = async (now: Date) => (await refusals(database.db, { personIds: [personId], channel: 'email', topic: 'receipts', now })).get(personId);
  expect([await ask(new Date(until.getTime() - 1)), await ask(until)]).toEqual(['SUPPRESSED_BOUNCE', undefined]);
});

test.each([
  { name: 'five within four days', count: 5, step: 1, category: 'full' },
  { name: 'our reputation', count: 9, step: 2, category: 'block_reputation' },
  { name: 'our rate', count: 9, step: 2, category: 'rate_limit' },
  { name: 'our content', count: 9, step: 2, category: 'content' },
] as const)('$name: no pause', async ({ count, step, category }) => {
  await softBounces(count, step, category);
  expect(await suppressed()).toEqual([]);
});

test.each([{ name: 'reported as delivered', reported: true }, { name: 'never came back', reported: false }])('a message that $name ends the row', async ({ reported }) => {
  const personId = await softBounces(4, 2);
  const taken = await sent('sent', { personId, at: new Date(NOW.getTime() + 7 * DAY) });
  if (reported) await apply([notice({ kind: 'delivered', deliveryId: taken.id })], new Date(NOW.getTime() + 7 * DAY));
  const at = new Date(NOW.getTime() + 13 * DAY);
  const last = await sent('sent', { personId, at });
  await apply([notice({ kind: 'soft', category: 'full', deliveryId: last.id, at })], at);
  expect(await suppressed()).toEqual([]);
});

test('a hard bounce outlives a pause; a complaint does not replace it', async () => {
  const personId = await softBounces(5, 2);
  const { id } = await sent('sent', { personId });
  await apply([notice({ deliveryId: id }), notice({ deliveryId: id, kind: 'complaint' })]);
  expect(await suppressed()).toEqual([{ reason: 'bounce', until: null }]);
});
