import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { engagedAt, interactedAt, newActions, stoppedAt, touched, type InboxAction, type StopsAt, type Touches } from '../../src/delivery/inbox/domain/display.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

let app: TestApp;
const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
const HOUR = 3_600_000;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(async () => { await app.close(); });

let named = 0;
interface Place { campaignId: string; personId: string; userId: string; deliveryId: string }

async function campaign(content: object, more: object = {}): Promise<{ id: string; event: string }> {
  const event = `Came ${(named += 1)}`;
  const made = await app.api('POST', '/v1/campaigns', { name: event, definition: { type: 'series', entry: { type: 'event', event }, start: 'a', steps: [{ id: 'a', type: 'message', channel: 'in_app', variants: [{ key: 'A', content: { body: 'Hi', ...content } }], next: 'w' }, { id: 'w', type: 'wait', for: { days: 30 }, next: null }], ...more } });
  const published = await app.api('POST', `/v1/campaigns/${made.body.id}/publish`, {});
  expect({ status: published.status, problems: published.body.problems }).toEqual({ status: 200, problems: undefined });
  return { id: made.body.id, event };
}
async function track(userId: string, event: string): Promise<void> {
  await fetch(`${app.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.writeKey, batch: [{ type: 'track', userId, event }] }) });
  await app.runner.runUntilIdle();
}
/** A person with one message of a campaign in the inbox. */
async function message(content: object = {}, more: object = {}): Promise<Place> {
  const { id, event } = await campaign(content, more);
  return arrive(id, event);
}
async function arrive(campaignId: string, event: string): Promise<Place> {
  const userId = `inbox-${(named += 1)}`;
  await track(userId, event);
  const [found] = await app.db.query('select d.id, d.person_id as "personId" from delivery as d join person as p on p.id = d.person_id where d.campaign_id = $1 and p.external_id = $2', [campaignId, userId]);
  return { campaignId, userId, personId: found.personId, deliveryId: found.id };
}
const act = ({ personId, deliveryId }: Place, action: string, body?: object) => app.api('POST', `/v1/people/${personId}/inbox/${deliveryId}/${action}`, body);
const inboxOf = async ({ personId }: Place, query = '') => (await app.api('GET', `/v1/people/${personId}/inbox${query}`)).body;
const stateOf = async ({ deliveryId }: Place) => (await app.db.query('select d.state, d.reason from delivery as d where d.id = $1', [deliveryId]))[0];
const kindsOf = async ({ deliveryId }: Place) => ((await app.db.query('select e.kind from delivery_event as e where e.delivery_id = $1 order by e.kind', [deliveryId])) as { kind: string }[]).map(({ kind }) => kind);
const resultsOf = async ({ campaignId }: Place) => (await app.api('GET', `/v1/campaigns/${campaignId}/results`)).body.steps[0];

describe('the words', () => {
  const NONE: Touches = { seenAt: null, openedAt: null, clickedAt: null, repliedAt: null, goalAt: null, dismissedAt: null };
  const at = clock.now();
  test.each<[StopsAt | undefined, Record<InboxAction | 'goal', boolean>]>([
    [undefined, { seen: true, open: true, click: true, reply: true, dismiss: true, goal: true }],
    ['seen', { seen: true, open: true, click: true, reply: true, dismiss: true, goal: true }],
    ['interacted', { seen: false, open: true, click: true, reply: true, dismiss: true, goal: true }],
    ['engaged', { seen: false, open: false, click: true, reply: true, dismiss: true, goal: true }],
  ])('until %s the display goes on', (until, ends) => {
    for (const [action, stops] of Object.entries(ends)) {
      const after = action === 'goal' ? { ...NONE, goalAt: at } : touched(NONE, newActions(NONE, action as InboxAction), at);
      expect([action, stoppedAt(until, after) !== null]).toEqual([action, stops]);
      expect(after.seenAt !== null || action === 'goal').toBe(true);
      expect(engagedAt(after) === null || interactedAt(after) !== null).toBe(true);
      if (action !== 'goal') expect(newActions(after, action as InboxAction)).toEqual([]);
    }
    expect(stoppedAt(until, NONE)).toBeNull();
  });
});

describe('an in-app message', () => {
  test('is displayed until its author says, stays in the inbox, and counts each thing once', async () => {
    const place = await message({ until: 'engaged', buttons: [{ label: 'Go', url: 'https://x.example' }] });
    expect(await inboxOf(place)).toMatchObject({ unread: 1, items: [{ displaying: true, seenAt: null }] });
    await act(place, 'seen');
    expect((await act(place, 'open')).body).toMatchObject({ displaying: true, interactedAt: clock.now().toISOString(), engagedAt: null });
    expect((await inboxOf(place, '?displaying=true')).items).toHaveLength(1);
    const clicks = await Promise.all(Array.from({ length: 8 }, (_, index) => act(place, index % 2 === 0 ? 'click' : 'reply', index % 2 === 0 ? { button: 0 } : undefined)));
    expect(new Set(clicks.map(({ status }) => status))).toEqual(new Set([200]));
    const end = clock.now().toISOString();
    clock.advance(1_000);
    expect((await act(place, 'click', { button: 0 })).body).toMatchObject({ displaying: false, engagedAt: end, clickedAt: end });
    expect(await kindsOf(place)).toEqual(['click', 'impression', 'reply']);
    expect([(await inboxOf(place, '?displaying=true')).items, (await inboxOf(place)).items.length, (await inboxOf(place)).unread]).toEqual([[], 1, 0]);
    expect(await resultsOf(place)).toMatchObject({ reconciliation: { delivered: 1, difference: 0 }, variants: [{ clicked: { human: 1 }, opened: { human: 0 }, reached: 1 }] });
  });

  test('that expires unseen is settled so that numbers reconcile; seen in time, it may still be answered', async () => {
    const content = { expiresAfterHours: 2 };
    const { id, event } = await campaign(content);
    const unseen = await arrive(id, event);
    const seen = await arrive(id, event);
    await act(seen, 'seen');
    const alarm = await app.runner.runUntilIdle();
    expect(alarm!.getTime() <= clock.now().getTime() + 2 * HOUR).toBe(true);
    clock.advance(2 * HOUR);
    expect((await act(unseen, 'seen')).body).toMatchObject({ code: 'inbox.expired' });
    expect(await inboxOf(unseen)).toMatchObject({ items: [], unread: 0 });
    await app.runner.runUntilIdle();
    expect([await stateOf(unseen), await stateOf(seen)]).toEqual([{ state: 'failed', reason: 'EXPIRED' }, { state: 'delivered', reason: null }]);
    expect((await act(seen, 'click')).status).toBe(200);
    expect((await act(unseen, 'click')).body).toMatchObject({ code: 'inbox.expired' });
    expect(await kindsOf(unseen)).toEqual([]);
    expect(await resultsOf(seen)).toMatchObject({ refusals: [{ code: 'EXPIRED', count: 1 }], reconciliation: { eligible: 2, delivered: 1, refused: 1, inProgress: 0, difference: 0 } });
  });

  test('is recalled alone or with its campaign; nothing new can be done with it, and what was seen stays delivered', async () => {
    const { id, event } = await campaign({});
    const [one, two, three] = [await arrive(id, event), await arrive(id, event), await arrive(id, event)];
    await act(three, 'seen');
    const recall = (body: object) => app.api('POST', '/v1/inbox/recall', body);
    expect((await recall({ deliveryId: one.deliveryId })).body).toEqual({ recalled: 1, unseen: 1 });
    expect((await recall({ deliveryId: one.deliveryId })).body).toEqual({ recalled: 0, unseen: 0 });
    expect((await recall({ campaignId: id })).body).toEqual({ recalled: 2, unseen: 1 });
    expect((await recall({ deliveryId: id })).status).toBe(404);
    expect((await recall({ deliveryId: one.deliveryId, campaignId: id })).status).toBe(400);
    for (const place of [one, two, three]) {
      expect((await act(place, 'click')).body).toMatchObject({ code: 'inbox.recalled' });
      expect((await inboxOf(place)).items).toEqual([]);
    }
    expect((await act(three, 'seen')).status).toBe(200);
    expect([await stateOf(one), await stateOf(two), await stateOf(three)].map(({ state }) => state)).toEqual(['recalled', 'recalled', 'delivered']);
    expect((await resultsOf(one)).reconciliation).toMatchObject({ delivered: 1, refused: 2, difference: 0 });
    const audit = (await app.api('GET', '/v1/audit')).body.items.filter(({ action }: { action: string }) => action === 'inbox.recall');
    expect(audit.map(({ subject, detail }: { subject: string; detail: object }) => [subject, detail])).toEqual([[`campaign:${id}`, { recalled: 2, unseen: 1 }], [`delivery:${one.deliveryId}`, { recalled: 1, unseen: 1 }]]);
  });

  test('recalled long after it was displayed tells no page; one that may still be there does', async () => {
    const { id, event } = await campaign({ until: 'engaged' });
    const brief = await campaign({ until: 'seen' });
    const [dismissed, waiting, unseen] = [await arrive(id, event), await arrive(id, event), await arrive(id, event)];
    const old = await arrive(brief.id, brief.event);
    for (const place of [dismissed, waiting, old]) await act(place, 'seen');
    await act(dismissed, 'dismiss');
    clock.advance(24 * HOUR);
    const fresh = await arrive(brief.id, brief.event);
    await act(fresh, 'seen');
    await app.db.query('delete from person_news');
    for (const campaignId of [id, brief.id]) await app.api('POST', '/v1/inbox/recall', { campaignId });
    const told = (await app.db.query(`select n.ref from person_news as n where n.kind = 'gone'`)) as { ref: string }[];
    expect(told.map(({ ref }) => ref).toSorted()).toEqual([waiting, unseen, fresh].map(({ deliveryId }) => deliveryId).toSorted());
    for (const place of [dismissed, waiting, unseen, old, fresh]) expect((await inboxOf(place)).items).toEqual([]);
  });

  test('recalled and seen at the same moment ends as one of both, never in between', async () => {
    const { id, event } = await campaign({});
    const places = [await arrive(id, event), await arrive(id, event), await arrive(id, event), await arrive(id, event), await arrive(id, event), await arrive(id, event)];
    const [, ...answers] = await Promise.all([app.api('POST', '/v1/inbox/recall', { campaignId: id }), ...places.map((place) => act(place, 'click'))]);
    for (const [index, place] of places.entries()) {
      const { state } = await stateOf(place);
      expect([answers[index]!.status, state, await kindsOf(place)]).toEqual(answers[index]!.status === 200 ? [200, 'delivered', ['click', 'impression']] : [409, 'recalled', []]);
    }
  });

  test('is taken back unseen when the goal ends the run, and engaged with when it had been seen', async () => {
    const goal = `Done ${(named += 1)}`;
    const { id, event } = await campaign({ until: 'engaged' }, { goals: [{ key: 'g', name: 'G', exits: true, event: { name: goal } }] });
    const [unseen, seen] = [await arrive(id, event), await arrive(id, event)];
    await act(seen, 'seen');
    clock.advance(1_000);
    for (const { userId } of [unseen, seen]) await track(userId, goal);
    expect([await stateOf(unseen), (await inboxOf(unseen)).items]).toEqual([{ state: 'recalled', reason: 'GOAL_REACHED' }, []]);
    expect((await inboxOf(seen)).items).toEqual([expect.objectContaining({ displaying: false, engagedAt: clock.now().toISOString(), clickedAt: null })]);
    expect((await resultsOf(seen)).reconciliation).toMatchObject({ delivered: 1, refused: 1, inProgress: 0, difference: 0 });
  });

  test('follows a person who merges, and goes with one who is erased', async () => {
    const { id, event } = await campaign({});
    const anonymous = `anon-${(named += 1)}`;
    await fetch(`${app.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.writeKey, batch: [{ type: 'track', anonymousId: anonymous, event }] }) });
    await app.runner.runUntilIdle();
    const [{ id: deliveryId }] = await app.db.query('select d.id from delivery as d where d.campaign_id = $1', [id]);
    const userId = `inbox-${(named += 1)}`;
    await app.api('POST', '/v1/identify', { userId, traits: {} });
    await fetch(`${app.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.writeKey, batch: [{ type: 'identify', userId, anonymousId: anonymous, traits: {} }] }) });
    await app.runner.runUntilIdle();
    const [{ id: personId }] = await app.db.query('select p.id from person as p where p.external_id = $1', [userId]);
    const place = { campaignId: id, userId, personId, deliveryId };
    expect((await inboxOf(place)).items).toEqual([expect.objectContaining({ deliveryId })]);
    expect((await app.api('DELETE', `/v1/people/${personId}`)).status).toBeLessThan(300);
    await app.runner.runUntilIdle();
    expect(await app.db.query('select 1 from in_app_message as m where m.delivery_id = $1', [deliveryId])).toEqual([]);
    expect(await stateOf(place)).toEqual({ state: 'recalled', reason: 'PERSON_DELETED' });
    expect((await act(place, 'seen')).status).toBe(404);
    expect((await resultsOf(place)).reconciliation).toMatchObject({ inProgress: 0, difference: 0 });
  });
});
