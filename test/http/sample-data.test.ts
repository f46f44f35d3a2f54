import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SampleWorker } from '../../src/sample/jobs/sample.worker.js';
import { sampleHistory, sampleId } from '../../src/sample/domain/history.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const MADE = 80;
const NOW = new Date('2026-03-02T09:00:00Z');
const all = (run: string) => Array.from({ length: 200 }, (_, index) => sampleHistory(index, run, NOW));

describe('the histories of the sample people', () => {
  test('lie in the 90 days before, each message has an id of its own, and are the same again', () => {
    const messages = all('a').flat();
    expect(messages).toEqual(all('a').flat());
    expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(messages.length);
    expect(messages.filter(({ timestamp }) => Date.parse(timestamp) > NOW.getTime() || Date.parse(timestamp) < NOW.getTime() - 93 * 86_400_000)).toEqual([]);
    expect(all('b').flat().map(({ messageId }) => messageId).filter((id) => messages.some((one) => one.messageId === id))).toEqual([]);
  });

  test('have what the recipes ask for, in both languages, and different names and addresses', () => {
    const messages = all('a').flat();
    const traits = messages.flatMap((message) => (message.type === 'identify' && message.traits ? [message.traits as Record<string, unknown>] : [])).filter(({ email }) => email);
    expect([new Set(traits.map(({ email }) => email)).size, new Set(traits.map(({ name }) => name)).size]).toEqual([200, 200]);
    expect(traits.every(({ email, sample }) => sample === true && String(email).endsWith('@sample.example'))).toBe(true);
    expect(traits.filter(({ language }) => language === 'ko')).toHaveLength(120);
    for (const event of ['Signed Up', 'Project Created', 'Member Invited', 'Feature Used', 'Trial Ended', 'Plan Upgraded', 'Order Completed']) expect([event, messages.some((message) => message.event === event)]).toEqual([event, true]);
  });
});

describe('the sample data', () => {
  let app: TestApp;
  let campaignId: string;
  const clock = new VirtualClock(NOW);
  beforeAll(async () => {
    app = await startTestApp({ clock });
    await app.api('PATCH', '/v1/workspace', { settings: { senderContact: '02-123-4567' } });
    await app.api('POST', '/v1/people', { externalId: 'real', attributes: { email: 'real@example.org', name: 'Real', plan: 'team' }, tags: ['sample-hall'] });
  });
  afterAll(() => app.close());

  const state = async () => (await app.api('GET', '/v1/sample-data')).body;
  const count = async (sql: string) => Number((await app.db.query(`select count(*) from ${sql}`))[0].count);
  /** Rows of the ledger that name somebody who is not there. */
  const strays = async () => {
    let found = 0;
    for (const table of ['delivery', 'delivery_event', 'enrollment', 'decision', 'assignment', 'event', 'attribute_history', 'person_tag', 'person_date', 'segment_member', 'membership_change', 'erased_person', 'result_person', 'person_identity', 'step_visit']) found += await count(`${table} as x where not exists (select from person as p where p.id = x.person_id)`);
    return found;
  };

  const everyTable = async () => {
    const counts: Record<string, number> = {};
    for (const { name } of await app.db.query(`select c.relname as name from pg_class as c join pg_namespace as n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by 1`)) counts[name as string] = await count(`"${name as string}"`);
    return counts;
  };

  test('is made by a job with progress; a round that is done again adds nothing twice', async () => {
    expect(await state()).toMatchObject({ state: 'none', people: { done: 0, total: 0 } });
    expect(await app.api('POST', '/v1/sample-data')).toMatchObject({ status: 202, body: { state: 'making', people: { done: 0, total: 200 } } });
    // Erasing is the slow part: 80 of them show the same as 200.
    await app.db.query('update sample_data set total = $1', [MADE]);
    const worker = app.nest.get(SampleWorker, { strict: false });
    await worker.runOnce();
    expect((await state()).people.done).toBe(20);
    const events = await count('event');
    // Killed after the events were stored and before the place was noted.
    await app.db.query('update sample_data set done = 0');
    await worker.runOnce();
    expect([await count('event'), await count('person'), (await state()).people.done]).toEqual([events, 21, 20]);
    await app.runner.runUntilIdle();
    expect(await state()).toMatchObject({ state: 'there', people: { done: MADE, total: MADE } });
    const { run } = (await app.db.query('select run from sample_data'))[0];
    expect([await count('event'), await count('person'), await count('person_tag as t where t.tag = \'sample\''), await count('event_rejected')]).toEqual([all(run).slice(0, MADE).flat().length, MADE + 1, MADE, 0]);
    expect((await app.api('POST', '/v1/sample-data')).body.state).toBe('there');
    const one = (await app.api('GET', `/v1/people/external:${sampleId(0)}`)).body;
    expect(one).toMatchObject({ kind: 'user', tags: ['sample'], language: 'ko', timeZone: 'Asia/Seoul', attributes: { sample: true } });
  });

  test('is removed with everything a campaign did to them; the real ones, their messages and results stay', async () => {
    const segment = (await app.api('POST', '/v1/segments', { name: 'Team', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'team' } })).body;
    await app.runner.runUntilIdle();
    const content = { subject: 'Hello', body: '<mj-section><mj-column><mj-text>{{person.name}}</mj-text></mj-column></mj-section>' };
    const campaign = await app.api('POST', '/v1/campaigns', { name: 'Team', definition: { type: 'broadcast', segmentId: segment.id, message: { type: 'message', channel: 'email', variants: [{ key: 'A', content }, { key: 'B', content }] } } });
    campaignId = campaign.body.id;
    expect((await app.api('POST', `/v1/campaigns/${campaignId}/publish`)).status).toBe(200);
    await app.runner.runUntilIdle();
    const sent = await count('delivery');
    expect(sent).toBeGreaterThan(3);
    expect((await app.api('DELETE', '/v1/sample-data')).body.state).toBe('removing');
    expect(await app.api('POST', '/v1/sample-data')).toMatchObject({ status: 409, body: { code: 'sample.being-removed' } });
    await app.runner.runUntilIdle();
    clock.advance(60_000);
    await app.runner.runUntilIdle();
    expect(await state()).toMatchObject({ state: 'none' });
    expect([await count('person'), await count('delivery'), await count('enrollment'), await count('sandbox_mail'), await strays()]).toEqual([1, 1, 1, 1, 0]);
    expect((await app.api('GET', '/v1/events/names')).body.items).toEqual([]);
    expect((await app.api('GET', '/v1/people/external:real')).body).toMatchObject({ attributes: { name: 'Real' }, tags: ['sample-hall'] });
    expect((await app.api('GET', `/v1/segments/${segment.id}`)).body.memberCount).toBe(1);
    const { body: results } = await app.api('GET', `/v1/campaigns/${campaignId}/results`);
    expect(results.steps[0].variants.reduce((sum: number, { sent: one }: { sent: number }) => sum + one, 0)).toBe(1);
  });

  test('can be made again, and asked away while it is being made; who only reads may not', async () => {
    const analyst = (await app.api('POST', '/v1/api-keys', { kind: 'server', name: 'reads', role: 'analyst' })).body.secret;
    const asAnalyst = (method: string) => fetch(`${app.url}/v1/sample-data`, { method, headers: { authorization: `Bearer ${analyst}` } }).then(({ status }) => status);
    expect([await asAnalyst('GET'), await asAnalyst('POST'), await asAnalyst('DELETE')]).toEqual([200, 403, 403]);
    const settled = async () => { clock.advance(11 * 60_000); await app.runner.runUntilIdle(); };
    await settled();
    const before = await everyTable();
    await app.api('POST', '/v1/sample-data');
    await app.nest.get(SampleWorker, { strict: false }).runOnce();
    expect([await count('person'), (await count('event')) > 20]).toEqual([21, true]);
    await app.api('DELETE', '/v1/sample-data');
    await app.runner.runUntilIdle();
    await settled();
    // Nothing of them is left in any table but who asked for them, and took them away.
    expect(await everyTable()).toEqual({ ...before, audit_entry: before.audit_entry! + 2 });
    expect([(await state()).state, await count('person'), await strays()]).toEqual(['none', 1, 0]);
    expect((await app.api('GET', '/v1/audit?limit=10')).body.items.map(({ action }: { action: string }) => action).filter((action: string) => action.startsWith('sample'))).toEqual(['sample.remove', 'sample.make', 'sample.remove', 'sample.make']);
  });
});
