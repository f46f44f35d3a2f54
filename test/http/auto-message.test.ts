import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { liveRulesFor } from '../../src/campaigns/auto/live-rules.js';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { autoMessage, inApp } from '../support/campaign-definitions.js';
import { Browser, post, publishAuto, reconciled, refusalsOf, republish, type Granted } from '../support/displays.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-02T09:00:00Z');
const clock = new VirtualClock(START);
let app: TestApp;
let number = 0;
const browser = (user?: string) => new Browser(app.url, app.writeKey, `visitor-${(number += 1)}`, user);
const publish = (definition: unknown) => publishAuto(app, definition);
const track = (a: string, event: string, properties: object = {}) => post(app.url, '/v1/track', { writeKey: app.writeKey, anonymousId: a, event, properties });
const personOf = async (anonymousId: string) => (await row<{ id: string }>(app.db, `select i.person_id as id from person_identity as i where i.kind = 'anonymous_id' and i.value = $1`, [anonymousId]))!.id;
const two = { variants: [{ key: 'A', content: { title: '할인', body: '지금 {{default person.name "고객"}}님께' } }, { key: 'B', content: { body: '둘째' } }] };
const again = { page: { include: [{ pattern: '/pricing' }] }, frequency: { times: null, oncePerVisit: false } };

beforeAll(async () => {
  app = await startTestApp({ clock });
  await app.api('PATCH', '/v1/sending-rules', { rules: { display_limit: { on: false } } });
});
beforeEach(() => clock.set(new Date(clock.now().getTime() + 3_600_000)));
afterAll(() => app.close());

describe('a display', () => {
  test('is claimed, confirmed once, and is then a run with a delivery, an impression and a message in the inbox', async () => {
    const id = await publish(autoMessage({ message: inApp('message', { variants: two.variants.slice(0, 1) }) }));
    const visitor = browser();
    const claim = (await visitor.claim(id)) as Granted & { key: string };
    expect(claim).toMatchObject({ ok: 1, ms: 15_000, m: { i: id, n: ['section', { class: 'm chat corner' }, ['button', {}, '×'], ['div', {}, ['div', {}, ['div', {}, ['div', {}, ['h2', {}, '할인']], ['div', {}, ['p', 0, '지금 고객님께']]]]]] } });
    expect(await visitor.claim(id, { c: claim.key })).toEqual(claim);
    // Before it is confirmed nothing of it is there.
    expect(await rows(app.db, 'select 1 from enrollment as e where e.campaign_id = $1 union all select 1 from delivery as d where d.campaign_id = $1 union all select 1 from assignment as a where a.campaign_id = $1', [id])).toEqual([]);
    for (let times = 0; times < 3; times += 1) expect(await visitor.ack(claim.key, 'shown')).toEqual({ ok: 1 });
    const person = await personOf(visitor.id);
    expect(await rows(app.db, 'select e.state, e.step_id as step, e.person_id as person from enrollment as e where e.campaign_id = $1', [id])).toEqual([{ state: 'completed', step: 'message', person }]);
    expect(await rows(app.db, 'select d.id, d.state, d.variant, d.channel from delivery as d where d.campaign_id = $1', [id])).toEqual([{ id: claim.m!.d, state: 'delivered', variant: 'A', channel: 'in_app' }]);
    await app.runner.runUntilIdle();
    const inbox = await app.api('GET', `/v1/people/${person}/inbox`);
    expect(inbox.body).toMatchObject({ unread: 0, items: [{ deliveryId: claim.m!.d, displaying: false, content: { title: '할인' } }] });
    expect(await visitor.claim(id)).toMatchObject({ ok: 0, why: 'REENTRY_BLOCKED' });
    const results = await reconciled(app, id);
    expect(results).toMatchObject({ type: 'auto_message', entry: { considered: 2, entered: 1, refusals: [{ code: 'REENTRY_BLOCKED', count: 1 }] }, steps: [{ eligible: 1, variants: [{ key: 'A', assigned: 1, reached: 1, delivered: 1 }] }] });
  });

  test('that is given back or runs out leaves nothing behind, and the message can be claimed again', async () => {
    const id = await publish(autoMessage({ display: { cap: 1 } }));
    const [first, second] = [browser(), browser()];
    const claim = await first.claim(id);
    expect(await second.claim(id)).toMatchObject({ ok: 0, why: 'CAP_DEFERRED', n: 15_000 });
    expect(await first.ack(claim.key, 'back')).toEqual({ ok: 1 });
    expect(await first.ack(claim.key, 'back')).toEqual({ ok: 1 });
    const other = await second.claim(id);
    expect(other.ok).toBe(1);
    clock.advance(15_000);
    await app.runner.runUntilIdle();
    expect(await first.display(id)).toMatchObject({ ok: 1 });
    // The lease of the second is over and somebody else has the slot.
    expect(await second.ack(other.key, 'shown')).toEqual({ ok: 0, why: 'CAP_DROPPED' });
    expect(await second.claim(id)).toEqual(expect.objectContaining({ ok: 0, why: 'CAP_DROPPED' }));
    expect(await first.ack(claim.key, 'back')).toEqual({ ok: 1 });
    expect((await reconciled(app, id)).steps[0].reconciliation.delivered).toBe(1);
    expect((await liveRulesFor(app.db, null, clock.now())).filter(({ campaignId }) => campaignId === id)).toEqual([]);
  });

  test('confirmed after its lease counts when nobody took its place', async () => {
    const [kept, swept] = [await publish(autoMessage({ display: { cap: 1 } })), await publish(autoMessage({ display: { ...again, cap: 5 } }))];
    const visitor = browser();
    const late = await visitor.claim(kept);
    clock.advance(20_000);
    expect(await visitor.ack(late.key, 'shown')).toEqual({ ok: 1 });
    const taken = await visitor.claim(swept);
    clock.advance(20_000);
    await app.runner.runUntilIdle();
    expect(await row(app.db, 'select c.state, t.taken::int from display_claim as c join display_tally as t on t.campaign_id = c.campaign_id where c.key = $1', [taken.key])).toEqual({ state: 'lapsed', taken: 0 });
    const other = await visitor.claim(swept);
    expect(await visitor.ack(taken.key, 'shown')).toEqual({ ok: 0, why: 'LEASE_DENIED' });
    expect(await visitor.ack(other.key, 'back')).toEqual({ ok: 1 });
    expect(await visitor.ack(taken.key, 'shown')).toEqual({ ok: 1 });
    expect(await row(app.db, 'select t.taken::int from display_tally as t where t.campaign_id = $1', [swept])).toEqual({ taken: 1 });
  });

  test('of a control passes every gate, takes nothing and leaves a ghost', async () => {
    const id = await publish(autoMessage({ display: { ...again, frequency: { times: 1 } }, message: inApp('message', { ...two, control: { weight: 2 } }) }));
    const visitors: Browser[] = [];
    const claims: Granted[] = [];
    const isGhost = ({ g }: Granted) => g === 1;
    // Until there are some of both: which arm a visitor gets is drawn.
    while (claims.length < 12 || !claims.some(isGhost) || claims.every(isGhost)) {
      visitors.push(browser());
      claims.push((await visitors.at(-1)!.display(id)) as Granted);
    }
    const ghosts = claims.filter(isGhost);
    expect(ghosts.every(({ m }) => m === undefined)).toBe(true);
    expect(await row(app.db, `select count(*) filter (where d.state = 'ghost' and d.is_control)::int as ghosts, count(*) filter (where d.state = 'delivered')::int as shown from delivery as d where d.campaign_id = $1`, [id])).toEqual({ ghosts: ghosts.length, shown: claims.length - ghosts.length });
    const [step] = (await reconciled(app, id)).steps;
    expect(step.reconciliation).toMatchObject({ eligible: claims.length, delivered: claims.length - ghosts.length, control: ghosts.length });
    expect(step.variants.map(({ assigned }: { assigned: number }) => assigned).reduce((a: number, b: number) => a + b)).toBe(claims.length);
    expect(step.variants.find(({ isControl }: { isControl: boolean }) => isControl)).toMatchObject({ reached: 0, assigned: ghosts.length });
    const control = visitors[claims.findIndex(isGhost)]!;
    // The frequency holds for a control as for everybody, and nothing can be done with what was not displayed.
    expect(await control.claim(id)).toMatchObject({ ok: 0, why: 'REENTRY_BLOCKED' });
  });
});

describe('each gate refuses with its code', () => {
  test('the state of the campaign', async () => {
    const id = await publish(autoMessage());
    const visitor = browser();
    const granted = await visitor.claim(id);
    await app.api('POST', `/v1/campaigns/${id}/pause`);
    expect(await browser().claim(id)).toMatchObject({ ok: 0, why: 'CAMPAIGN_INACTIVE' });
    expect(await liveRulesFor(app.db, null, clock.now())).toEqual(expect.not.arrayContaining([expect.objectContaining({ campaignId: id })]));
    // What was granted before the pause was granted; a stop takes it back.
    expect(await visitor.ack(granted.key, 'shown')).toEqual({ ok: 1 });
    await app.api('POST', `/v1/campaigns/${id}/drain`);
    expect(await browser().claim(id)).toMatchObject({ ok: 0, why: 'VERSION_DRAINING' });
    await app.api('POST', `/v1/campaigns/${id}/resume`);
    const [late, person] = [browser(), await personOf(visitor.id)];
    const open = await late.claim(id);
    expect((await app.api('POST', `/v1/campaigns/${id}/stop`)).body.recalled).toBe(1);
    expect(await late.ack(open.key, 'shown')).toEqual({ ok: 0, why: 'CAMPAIGN_INACTIVE' });
    expect(await late.claim(id)).toMatchObject({ ok: 0, why: 'CAMPAIGN_INACTIVE' });
    expect((await app.api('GET', `/v1/people/${person}/inbox`)).body.items).toEqual([]);
    const gone = await rows<{ ref: string }>(app.db, `select n.ref from person_news as n where n.kind = 'gone'`);
    expect(gone.map(({ ref }) => ref)).toEqual(expect.arrayContaining([(granted as Granted).m!.d, (open as Granted).m!.d]));
    expect(await browser().claim(randomUUID())).toMatchObject({ ok: 0, why: 'CAMPAIGN_INACTIVE' });
    await reconciled(app, id);
  });

  test('schedule and what the browser reports of the trigger', async () => {
    const later = await publish(autoMessage({ display: { schedule: { from: new Date(clock.now().getTime() + 60_000).toISOString() } } }));
    expect(await browser().claim(later)).toMatchObject({ ok: 0, why: 'TRIGGER_NOT_MET', n: 60_000 });
    clock.advance(60_000);
    expect(await browser().claim(later)).toMatchObject({ ok: 1 });
    const dwell = await publish(autoMessage());
    expect(await browser().claim(dwell, { why: { dwell: 89_000 } })).toMatchObject({ ok: 0, why: 'DWELL_UNMET' });
    expect(await browser().claim(dwell, { why: { dwell: 89_990 } })).toMatchObject({ ok: 1 });
    const scroll = await publish(autoMessage({ display: { trigger: { type: 'scroll', percent: 50 } } }));
    expect(await browser().claim(scroll, { why: { scroll: 20 } })).toMatchObject({ ok: 0, why: 'PAGE_RULE_UNMET' });
  });

  test('the audience, exactly now, and rules are listed by what is maintained', async () => {
    const id = await publish(autoMessage({ audience: { type: 'attribute', key: 'plan', op: 'is', value: 'pro' } }));
    const visitor = browser();
    expect(await visitor.claim(id)).toMatchObject({ ok: 0, why: 'NOT_IN_AUDIENCE' });
    await post(app.url, '/v1/identify', { writeKey: app.writeKey, anonymousId: visitor.id, traits: { plan: 'pro' } });
    // The claim reads what was written before it, whether or not the segment has been told.
    expect(await visitor.claim(id)).toMatchObject({ ok: 1 });
    const person = await personOf(visitor.id);
    const listed = async (who: string | null) => (await liveRulesFor(app.db, who, clock.now())).some(({ campaignId }) => campaignId === id);
    await app.runner.runUntilIdle();
    expect([await listed(person), await listed(null), await listed(randomUUID())]).toEqual([true, false, false]);
  });

  test('goals, exit rules, unsubscription and what cannot be rendered', async () => {
    const bought = { key: 'bought', name: '구매', exits: true, event: { name: 'Order Completed' } };
    const id = await publish(autoMessage({ display: again, goals: [bought], exitRules: [{ key: 'staff', condition: { type: 'attribute', key: 'staff', op: 'is', value: true } }] }));
    const [buyer, staff, refuser] = [browser(), browser(), browser()];
    await track(buyer.id, 'Order Completed');
    expect(await buyer.display(id)).toMatchObject({ ok: 1 });
    clock.advance(1_000);
    await track(buyer.id, 'Order Completed');
    expect(await buyer.claim(id)).toMatchObject({ ok: 0, why: 'GOAL_REACHED' });
    await post(app.url, '/v1/identify', { writeKey: app.writeKey, anonymousId: staff.id, traits: { staff: true } });
    expect(await staff.claim(id)).toMatchObject({ ok: 0, why: 'EXIT_RULE' });
    await track(refuser.id, 'Seen');
    await rows(app.db, `insert into consent (person_id, channel, topic, state, at, source) values ($1, 'in_app', 'product-updates', 'unsubscribed', $2, 'test')`, [await personOf(refuser.id), clock.now()]);
    expect(await refuser.claim(id)).toMatchObject({ ok: 0, why: 'TOPIC_UNSUBSCRIBED' });
    const broken = await publish(autoMessage({ message: inApp('message', { variants: [{ key: 'A', content: { body: '{{person.nothing}}' } }], control: { weight: 1 } }) }));
    for (let times = 0; times < 4; times += 1) expect(await browser().claim(broken)).toMatchObject({ ok: 0, why: 'RENDER_MISSING_VAR' });
    await reconciled(app, broken);
  });

  test('the night, where the rule says so, and the limit of displays a day, to the second', async () => {
    const id = await publish(autoMessage());
    const rules = (change: object) => app.api('PATCH', '/v1/sending-rules', { rules: change });
    await rules({ night_gate: { on: true, parameters: { from: '00:00', to: '23:59', channels: ['in_app'] } } });
    expect(await browser().claim(id)).toMatchObject({ ok: 0, why: 'QUIET_HOURS_DEFERRED', n: expect.any(Number) });
    await rules({ night_gate: { on: false }, display_limit: { on: true, parameters: { perDay: 2 } } });
    const [first, second, third] = [id, await publish(autoMessage()), await publish(autoMessage())];
    const essential = await publish(autoMessage({ display: { class: 'essential' } }));
    const visitor = browser();
    const at = clock.now().getTime();
    expect(await visitor.display(essential)).toMatchObject({ ok: 1 });
    expect(await visitor.display(first)).toMatchObject({ ok: 1 });
    clock.advance(60_000);
    expect(await visitor.display(second)).toMatchObject({ ok: 1 });
    expect(await visitor.claim(third)).toMatchObject({ ok: 0, why: 'CAP_DEFERRED', n: 86_400_000 - 60_000 });
    expect((await refusalsOf(app, third))[0]).toMatchObject({ code: 'CAP_DEFERRED', facts: { rule: 'display_limit', perDay: 2, slot: first } });
    clock.set(new Date(at + 86_399_999));
    expect(await visitor.claim(third)).toMatchObject({ ok: 0, why: 'CAP_DEFERRED', n: 1 });
    clock.advance(1);
    expect(await visitor.display(third)).toMatchObject({ ok: 1 });
    await rules({ display_limit: { on: false } });
  });

  test('arbitration: one lease a person and class; who was refused by it and has the higher priority goes first', async () => {
    const [low, high, middle, essential] = [await publish(autoMessage({ display: { priority: 10 } })), await publish(autoMessage({ display: { priority: 90 } })), await publish(autoMessage({ display: { priority: 50 } })), await publish(autoMessage({ display: { class: 'essential' } }))];
    const visitor = browser();
    const lease = await visitor.claim(low);
    expect(await visitor.claim(high)).toMatchObject({ ok: 0, why: 'LEASE_DENIED', n: 15_000 });
    expect(await visitor.claim(essential)).toMatchObject({ ok: 1 });
    await visitor.ack(lease.key, 'shown');
    expect(await visitor.claim(middle)).toMatchObject({ ok: 0, why: 'LOST_ARBITRATION', n: 17_000 });
    const first = await visitor.claim(high);
    expect(first).toMatchObject({ ok: 1 });
    await visitor.ack(first.key, 'shown');
    expect(await visitor.claim(middle)).toMatchObject({ ok: 1 });
    const ranks = (await liveRulesFor(app.db, null, clock.now())).map(({ display }) => display.priority + (display.class === 'essential' ? 1_000 : 0));
    expect([ranks.some((rank) => rank >= 1_000), ranks]).toEqual([true, ranks.toSorted((a, b) => b - a)]);
  });

  test('somebody who asks each second gets an answer each second and one row', async () => {
    const id = await publish(autoMessage({ audience: { type: 'attribute', key: 'plan', op: 'is', value: 'none' } }));
    const visitor = browser();
    for (let times = 0; times < 10; times += 1) {
      clock.advance(1_000);
      expect(await visitor.claim(id)).toMatchObject({ ok: 0, why: 'NOT_IN_AUDIENCE' });
    }
    expect(await refusalsOf(app, id)).toHaveLength(1);
    clock.advance(86_400_000);
    await visitor.claim(id);
    const decisions = await refusalsOf(app, id);
    expect(decisions).toHaveLength(2);
    expect(decisions[0]).toMatchObject({ stage: 'entry', facts: { gate: 'audience' } });
    expect((await reconciled(app, id)).entry).toMatchObject({ considered: 2, entered: 0, refusals: [{ code: 'NOT_IN_AUDIENCE', count: 2 }] });
  });
});

describe('frequency', () => {
  test('times, interval and visit, over a change of clocks in the zone of the person', async () => {
    clock.set(new Date('2026-10-31T16:00:00Z'));
    const id = await publish(autoMessage({ display: { frequency: { times: 3, every: { days: 1 }, oncePerVisit: true } } }));
    const visitor = browser();
    await post(app.url, '/v1/identify', { writeKey: app.writeKey, anonymousId: visitor.id, traits: { timezone: 'America/New_York', timeZone: 'America/New_York' } });
    const zone = await row<{ zone: string | null }>(app.db, 'select p.time_zone as zone from person as p where p.id = $1', [await personOf(visitor.id)]);
    expect(zone).toEqual({ zone: 'America/New_York' });
    expect(await visitor.display(id)).toMatchObject({ ok: 1 });
    visitor.visit = randomUUID();
    // The clocks go back on 1 November: noon comes again after 25 hours.
    expect(await visitor.claim(id)).toMatchObject({ ok: 0, why: 'REENTRY_BLOCKED', n: 25 * 3_600_000 });
    clock.advance(25 * 3_600_000);
    expect(await visitor.display(id)).toMatchObject({ ok: 1 });
    clock.advance(86_400_000);
    const sameVisit = await visitor.claim(id);
    expect(sameVisit).toMatchObject({ ok: 0, why: 'REENTRY_BLOCKED' });
    expect(sameVisit).not.toHaveProperty('n');
    visitor.visit = randomUUID();
    expect(await visitor.display(id)).toMatchObject({ ok: 1 });
    clock.advance(86_400_000 * 9);
    visitor.visit = randomUUID();
    expect(await visitor.claim(id)).not.toHaveProperty('n');
    expect(await liveRulesFor(app.db, await personOf(visitor.id), clock.now())).toEqual(expect.not.arrayContaining([expect.objectContaining({ campaignId: id })]));
    expect((await reconciled(app, id)).steps[0]).toMatchObject({ eligible: 3, variants: [{ assigned: 1, reached: 1, delivered: 3 }] });
  });

  test.each([
    { until: 'seen', doing: null, repeats: false }, { until: 'interacted', doing: null, repeats: true }, { until: 'interacted', doing: 'open', repeats: false },
    { until: 'engaged', doing: 'open', repeats: true }, { until: 'engaged', doing: 'click', repeats: false }, { until: 'engaged', doing: 'dismiss', repeats: false }, { until: undefined, doing: 'dismiss', repeats: true },
  ] as const)('until $until, after $doing: displayed again $repeats', async ({ until, doing, repeats }) => {
    const content = { body: '안녕', buttons: [{ label: '보기', url: 'https://shop.example' }], ...(until ? { until } : {}) };
    const id = await publish(autoMessage({ display: again, message: inApp('message', { variants: [{ key: 'A', content }] }) }));
    const visitor = browser();
    const { key } = (await visitor.display(id)) as Granted & { key: string };
    if (doing) expect(await visitor.ack(key, doing, doing === 'click' ? { b: 0 } : {})).toEqual({ ok: 1 });
    expect((await visitor.claim(id)).ok).toBe(repeats ? 1 : 0);
    // Whatever it is, the inbox does not begin to display it by itself.
    expect((await app.api('GET', `/v1/people/${await personOf(visitor.id)}/inbox?displaying=true`)).body.items).toEqual([]);
  });

  test('a cap that comes later counts what was displayed before, and what is claimed already', async () => {
    const id = await publish(autoMessage());
    expect(await browser().display(id)).toMatchObject({ ok: 1 });
    const [second, third] = [browser(), browser()];
    const [claimed, other] = [await second.claim(id), await third.claim(id)];
    await republish(app, id, autoMessage({ display: { cap: 2 } }));
    expect(await second.ack(claimed.key, 'shown')).toEqual({ ok: 1 });
    expect(await third.ack(other.key, 'shown')).toEqual({ ok: 0, why: 'CAP_DROPPED' });
    expect(await browser().claim(id)).toMatchObject({ ok: 0, why: 'CAP_DROPPED' });
    await republish(app, id, autoMessage());
    expect(await browser().display(id)).toMatchObject({ ok: 1 });
    await republish(app, id, autoMessage({ display: { cap: 3 } }));
    expect(await browser().claim(id)).toMatchObject({ ok: 0, why: 'CAP_DROPPED' });
  });
});
