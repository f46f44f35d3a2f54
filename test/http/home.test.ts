import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 } from 'uuid';
import { attentionOf, type Found } from '../../src/analytics/home/domain/attention.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const QUIET: Found = { paused: [], breaker: null, approvals: [], anomalies: [], stuck: [], canaries: [], tests: [], sent: [], segments: [], domains: [], relays: [], endpoints: [], lastEventAt: null };

describe('what needs somebody', () => {
  const sent = (more: object) => [{ campaignId: 'c', name: 'C', sent: 1_000, bounced: 0, complained: 0, ...more }];
  test.each<[string, Partial<Found>, string[]]>([
    ['nothing', {}, []],
    ['a share of bounces above five in a hundred', { sent: sent({ bounced: 51 }) }, ['bounces']],
    ['not one of five in a hundred', { sent: sent({ bounced: 50 }) }, []],
    ['not of so few messages', { sent: sent({ sent: 19, bounced: 19 }) }, []],
    ['complaints above one in a thousand', { sent: sent({ complained: 2 }) }, ['complaints']],
    ['no event for a day', { lastEventAt: new Date(NOW.getTime() - 86_400_001) }, ['silent']],
    ['none yet is no silence', { lastEventAt: null }, []],
    ['an event of this day', { lastEventAt: new Date(NOW.getTime() - 86_400_000) }, []],
    ['endpoints by what happened to them', { endpoints: [{ endpointId: 'a', name: 'A', enabled: false, because: 'gone', isResting: false, lost: 0 }, { endpointId: 'b', name: 'B', enabled: false, because: 'operator', isResting: true, lost: 0 }, { endpointId: 'd', name: 'D', enabled: true, because: null, isResting: true, lost: 3 }] }, ['webhook_off', 'webhook_resting', 'webhook_lost']],
    ['a canary person who gets something else', { canaries: [{ campaignId: 'c', name: 'C', notes: 2 }] }, ['canary']],
    ['the worst first', { lastEventAt: new Date(0), tests: [{ campaignId: 'c', name: 'C', what: 'done' }, { campaignId: 'c', name: 'C', what: 'split' }], paused: [{ campaignId: 'c', name: 'C', en: 'x', ko: 'x' }] }, ['paused', 'split', 'silent', 'readout_done']],
  ])('%s', (_name, found, kinds) => {
    expect(attentionOf({ ...QUIET, ...found }, NOW).map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('the home of a workspace', () => {
  let app: TestApp;
  const clock = new VirtualClock(NOW);
  const home = async () => (await app.api('GET', '/v1/home')).body;
  beforeAll(async () => {
    app = await startTestApp({ clock });
    await app.api('PATCH', '/v1/workspace', { settings: { senderContact: '02-123-4567' } });
  });
  afterAll(() => app.close());

  test('is empty at first, and sample people are no people', async () => {
    expect(await home()).toEqual({ begun: { people: false, segment: false, campaign: false, message: false }, live: [], week: { from: '2026-02-23T09:00:00.000Z', sent: 0, openedHuman: 0, openedMost: 0, clicked: 0, goals: 0 }, attention: [] });
    await app.api('POST', '/v1/people', { externalId: 'sample-one', tags: ['sample'] });
    expect((await home()).begun.people).toBe(false);
  });

  test('counts the week from the sums of results, and lists what is live', async () => {
    for (const id of ['mina', 'ben']) await app.api('POST', '/v1/people', { externalId: id, attributes: { email: `${id}@example.org`, plan: 'trial' } });
    const content = { subject: 'Hello', body: '<mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section>' };
    const message = (id: string, next: string | null) => ({ id, type: 'message', channel: 'email', next, variants: [{ key: 'A', content }] });
    const definition = { type: 'series', entry: { type: 'event', event: 'Came' }, start: 'one', steps: [message('one', 'two'), message('two', 'pause'), { id: 'pause', type: 'wait', for: { days: 3 }, next: null }], goals: [{ key: 'paid', name: 'Paid', primary: true, event: { name: 'Paid' } }] };
    const campaign = await app.api('POST', '/v1/campaigns', { name: 'Welcome', definition });
    expect((await app.api('POST', `/v1/campaigns/${campaign.body.id}/publish`)).status).toBe(200);
    await app.runner.runUntilIdle();
    const track = async (userId: string, event: string) => fetch(`${app.url}/v1/track`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`${app.writeKey}:`).toString('base64')}` }, body: JSON.stringify({ userId, event, messageId: v7() }) });
    for (const id of ['mina', 'ben']) await track(id, 'Came');
    await app.runner.runUntilIdle();
    clock.advance(60_000);
    await track('mina', 'Paid');
    const mina = (await app.api('GET', '/v1/people/external:mina')).body.id;
    const deliveries = (await app.api('GET', `/v1/deliveries?personId=${mina}`)).body.items;
    const insert = (id: string, kind: string, verdict: string) => app.db.query(`insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict) values ($1, $2, $3, $3, $4, $5)`, [id, mina, kind, clock.now(), verdict]);
    await insert(deliveries[0].id, 'open', 'human');
    await insert(deliveries[0].id, 'click', 'human');
    await insert(deliveries[1].id, 'open', 'unknown');
    await app.runner.runUntilIdle();
    const found = await home();
    expect(found.begun).toEqual({ people: true, segment: false, campaign: true, message: true });
    // One person, one goal of one campaign: passing two messages of it makes not two.
    expect(found.week).toMatchObject({ sent: 4, openedHuman: 1, openedMost: 2, clicked: 1, goals: 1 });
    expect(found.live).toEqual([{ id: campaign.body.id, name: 'Welcome', type: 'series', state: 'active', running: 2 }]);
    const behind = async (number: string, more = '') => (await app.api('GET', `/v1/home/people?number=${number}${more}`)).body.items.map((one: { externalId: string; times: number }) => [one.externalId, one.times]);
    expect(await behind('sent')).toEqual([['ben', 2], ['mina', 2]]);
    expect([await behind('opened'), await behind('clicked'), await behind('goals')]).toEqual([[['mina', 2]], [['mina', 1]], [['mina', 1]]]);
    const { next } = (await app.api('GET', '/v1/home/people?number=sent&limit=1')).body;
    expect(await behind('sent', `&limit=1&after=${next}`)).toEqual([['mina', 2]]);
    expect((await app.api('GET', '/v1/home/people?number=active')).status).toBe(400);
    clock.advance(8 * 86_400_000);
    expect((await home()).week).toMatchObject({ sent: 0, goals: 0 });
    expect(await behind('sent')).toEqual([]);
  });

  test('names what went wrong, with the way to it', async () => {
    const now = clock.now();
    const { id: campaignId } = (await home()).live[0];
    await app.db.query(`update campaign set state = 'paused', pause_reason = '{"text": {"en": "too many bounced", "ko": "반송 과다"}}' where id = $1`, [campaignId]);
    const segmentId = (await app.api('POST', '/v1/segments', { name: 'Broken', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'x' } })).body.id;
    await app.db.query(`update segment set state = 'failed' where id = $1`, [segmentId]);
    const domainId = v7();
    await app.db.query(`insert into sending_domain (id, domain, from_local, created_by, created_at, updated_at, checks) values ($1, 'mail.example.org', 'hi', 'x', $2, $2, '[{"verdict": "missing"}]')`, [domainId, now]);
    await app.db.query(`insert into relay_health (relay_id, breaker) values ('environment', 'open')`);
    const endpointId = v7();
    await app.db.query(`insert into webhook_endpoint (id, kind, name, url, open_until, created_by, created_at, updated_at) values ($1, 'standard', 'CRM', 'https://crm.example/hook', $3, 'x', $2, $2)`, [endpointId, now, new Date(now.getTime() + 60_000)]);
    await app.db.query(`insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, variant, topic, state, due_at, queued_at, settled_at, endpoint_id)
      select $1, p.id, $2, $2, 's', p.id, 'webhook', 'a', 't', 'failed', $3, $3, $3, $4 from person as p limit 1`, [v7(), campaignId, now, endpointId]);
    expect((await home()).attention).toEqual([
      { kind: 'paused', campaignId, name: 'Welcome', text: { en: 'too many bounced', ko: '반송 과다' } },
      { kind: 'relay', name: 'environment' },
      { kind: 'domain', domainId, name: 'mail.example.org' },
      { kind: 'segment', segmentId, name: 'Broken' },
      { kind: 'webhook_resting', endpointId, name: 'CRM' },
      { kind: 'webhook_lost', endpointId, name: 'CRM', count: 1 },
      { kind: 'silent', since: '2026-03-02T09:01:00.000Z' },
    ]);
  });
});
