import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { startTestApp, type TestApp } from '../support/app.js';
import { Receiver } from '../support/receiver.js';
import { VirtualClock } from '../support/virtual-clock.js';

let app: TestApp;
let receiver: Receiver;
const clock = new VirtualClock(new Date());
const MINUTE = 60_000;
const DAY = 86_400_000;

beforeAll(async () => {
  receiver = await new Receiver().start();
  app = await startTestApp({ clock, env: { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' } });
});
afterAll(async () => {
  await app.close();
  await receiver.stop();
});
afterEach(async () => {
  await app.db.query(`update webhook_endpoint set enabled = false, disabled_because = 'operator' where enabled`);
  receiver.reset();
});

async function endpoint(kind = 'standard', more: object = {}): Promise<{ id: string; secret: string }> {
  const made = await app.api('POST', '/v1/webhook-endpoints', { kind, name: `Our ${kind}`, url: receiver.url, ...more });
  expect(made.status).toBe(201);
  return { id: made.body.endpoint.id, secret: made.body.secret };
}

let named = 0;
/** People who get the message by an event of their own. */
async function person(traits: object = {}): Promise<string> {
  const userId = `hook-${(named += 1)}`;
  await app.api('POST', '/v1/identify', { userId, traits: { name: '김 "단비"', ...traits } });
  await app.runner.runUntilIdle();
  return userId;
}

async function campaign(channel: string, content: object, more: object = {}): Promise<{ id: string; event: string }> {
  const event = `Bought ${(named += 1)}`;
  const step = { id: 'a', type: 'message', channel, variants: [{ key: 'A', content }], ...more };
  const made = await app.api('POST', '/v1/campaigns', { name: event, definition: { type: 'series', entry: { type: 'event', event }, reentry: { policy: 'after_exit' }, start: 'a', steps: [step] } });
  const published = await app.api('POST', `/v1/campaigns/${made.body.id}/publish`, {});
  expect({ status: published.status, problems: published.body.problems }).toEqual({ status: published.status < 300 ? published.status : 0, problems: undefined });
  return { id: made.body.id, event };
}

async function happens(event: string, userId: string, properties: object = {}): Promise<void> {
  const answer = await fetch(`${app.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.writeKey, batch: [{ type: 'track', userId, event, properties }] }) });
  expect(answer.status).toBe(200);
  await app.runner.runUntilIdle();
}

/** What explain says of one person's message: the sentences, and what it knows of the endpoint. */
async function explained(campaignId: string, who: string): Promise<{ en: string; ko: string; endpoint?: { because: string; until: string | null } }> {
  const [{ id }] = await app.db.query('select p.id from person as p where p.external_id = $1', [who]);
  const { body } = await app.api('GET', `/v1/campaigns/${campaignId}/explain?personId=${id}`);
  return { ...body.answer, endpoint: body.gates.find(({ gate }: { gate: string }) => gate === 'transport').facts.endpoint };
}

interface Seen { id: string; state: string; reason: string | null; detail: string | null; attempts: number; dueAt: Date }
const deliveriesOf = (campaignId: string): Promise<Seen[]> => app.db.query(`select d.id, d.state, d.reason, d.detail, d.attempts, d.due_at as "dueAt" from delivery as d where d.campaign_id = $1 order by d.queued_at, d.id`, [campaignId]);
const view = async (id: string) => (await app.api('GET', `/v1/webhook-endpoints/${id}`)).body;
async function later(milliseconds: number): Promise<void> {
  clock.advance(milliseconds);
  await app.runner.runUntilIdle();
}

describe('a webhook', () => {
  test('is signed, says what was written, counts as delivered, and each secret of a rotation signs', async () => {
    const { id, secret } = await endpoint('standard', { headers: { 'X-Tenant': 'danbi' } });
    const { id: campaignId, event } = await campaign('webhook', { endpointId: id, event: 'order.made', data: { who: '{{person.name}}', "키 'x'": { amount: { $value: 'event.amount' } } } });
    const who = await person();
    await happens(event, who, { amount: 12_000 });
    const [{ headers, body }] = receiver.got as [(typeof receiver.got)[number]];
    const [delivery] = await deliveriesOf(campaignId);
    expect(delivery).toMatchObject({ id: headers['webhook-id'], state: 'sent', attempts: 1 });
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({ type: 'order.made', data: { who: '김 "단비"', "키 'x'": { amount: 12_000 } } });
    expect([headers['x-tenant'], headers['content-type']]).toEqual(['danbi', 'application/json']);
    const [step] = (await app.api('GET', `/v1/campaigns/${campaignId}/results`)).body.steps;
    expect(step.reconciliation).toMatchObject({ eligible: 1, delivered: 1, difference: 0 });
    expect(step.variants[0]).toMatchObject({ sent: 1, delivered: 1, reached: 0 });
    const rotated = await app.api('POST', `/v1/webhook-endpoints/${id}/rotate-secret`, { overlapHours: 1 });
    expect(rotated.body.secret).not.toBe(secret);
    await happens(event, await person(), { amount: 1 });
    for (const each of [secret, rotated.body.secret]) new Webhook(each).verify(receiver.got[1]!.body, receiver.got[1]!.headers as Record<string, string>);
    await later(61 * MINUTE);
    await happens(event, await person(), { amount: 1 });
    expect(receiver.got[2]!.headers['webhook-signature']!.toString().split(' ')).toHaveLength(1);
    expect(JSON.stringify(await view(id))).not.toContain(rotated.body.secret);
  });

  test('is tried again under the same id, and a refusal becomes a dead letter that can be delivered again', async () => {
    const { id } = await endpoint();
    const { id: campaignId, event } = await campaign('webhook', { endpointId: id, data: {} });
    receiver.answer = () => ({ status: 404, body: `not ${'here '.repeat(1_000)}` });
    await happens(event, await person());
    expect((await deliveriesOf(campaignId))[0]).toMatchObject({ state: 'queued', attempts: 1 });
    await later(6_000);
    await later(6 * MINUTE);
    const [dead] = await deliveriesOf(campaignId);
    expect(dead).toMatchObject({ state: 'failed', reason: 'PROVIDER_REJECTED', attempts: 3 });
    expect(new Set(receiver.got.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([dead!.id]));
    const letters = await app.api('GET', `/v1/webhook-endpoints/${id}/dead-letters`);
    expect(letters.body.items).toEqual([expect.objectContaining({ id: dead!.id, reason: 'PROVIDER_REJECTED', last: expect.objectContaining({ status: 404 }) })]);
    expect(Buffer.byteLength(letters.body.items[0].last.response)).toBe(1_024);
    expect((await app.api('GET', `/v1/campaigns/${campaignId}/results`)).body.steps[0].refusals).toEqual([{ code: 'PROVIDER_REJECTED', count: 1 }]);
    expect((await app.api('POST', `/v1/webhook-endpoints/${id}/dead-letters/redeliver`, { expected: 2 })).body).toMatchObject({ code: 'webhook.count-changed' });
    expect((await deliveriesOf(campaignId))[0]!.state).toBe('failed');
    receiver.answer = () => ({ status: 204 });
    expect((await app.api('POST', `/v1/webhook-endpoints/${id}/dead-letters/redeliver`, { expected: 1 })).body).toEqual({ redelivered: 1 });
    await app.runner.runUntilIdle();
    expect((await deliveriesOf(campaignId))[0]).toMatchObject({ id: dead!.id, state: 'sent', reason: null, detail: null });
    expect((await app.api('POST', `/v1/webhook-endpoints/${id}/dead-letters/${dead!.id}/redeliver`)).status).toBe(409);
    const attempts = await app.api('GET', `/v1/webhook-endpoints/${id}/attempts?deliveryId=${dead!.id}&limit=3`);
    expect(attempts.body.items.map(({ fate, status }: { fate: string; status: number }) => [fate, status])).toEqual([['delivered', 204], ['dead', 404], ['retry', 404]]);
    expect((await app.api('GET', `/v1/webhook-endpoints/${id}/attempts?limit=3&after=${attempts.body.next}`)).body.items).toHaveLength(1);
  });

  test('that is refused with 410 switches its endpoint off; what waits behind it for three days is given up', async () => {
    const { id } = await endpoint();
    const { id: campaignId, event } = await campaign('webhook', { endpointId: id, data: {} });
    receiver.answer = () => ({ status: 410 });
    await happens(event, await person());
    expect((await deliveriesOf(campaignId))[0]).toMatchObject({ state: 'failed', reason: 'PROVIDER_REJECTED' });
    expect(await view(id)).toMatchObject({ enabled: false, disabledBecause: 'gone', dead: 1 });
    const behind = await person();
    await happens(event, behind);
    expect([receiver.got.length, (await deliveriesOf(campaignId))[1]!.state]).toEqual([1, 'queued']);
    expect(await explained(campaignId, behind)).toMatchObject({ en: expect.stringMatching(/waits to be sent.*“Our standard” was switched off because it answered that it is gone \(410\)\.$/), ko: expect.stringContaining('“Our standard”'), endpoint: { because: 'gone', until: null } });
    await app.api('PATCH', `/v1/webhook-endpoints/${id}`, { enabled: true });
    await app.api('PATCH', `/v1/webhook-endpoints/${id}`, { enabled: false });
    expect((await explained(campaignId, behind)).endpoint).toMatchObject({ because: 'operator' });
    const refused = await app.api('POST', `/v1/campaigns/${campaignId}/publish`, {});
    expect([refused.status, (await view(id)).waiting]).toEqual([400, 1]);
    await app.db.query(`update webhook_endpoint set updated_at = $2 where id = $1`, [id, clock.now()]);
    await later(3 * DAY + 2 * 60 * MINUTE);
    expect((await deliveriesOf(campaignId))[1]).toMatchObject({ state: 'failed', reason: 'EXPIRED' });
    receiver.reset();
    expect((await app.api('PATCH', `/v1/webhook-endpoints/${id}`, { enabled: true })).body).toMatchObject({ enabled: true, disabledBecause: null });
  });

  test('waits as long as Retry-After says, and so does everything else for that endpoint', async () => {
    const { id } = await endpoint();
    const { id: campaignId, event } = await campaign('webhook', { endpointId: id, data: {} });
    receiver.answer = () => ({ status: 429, headers: { 'retry-after': '600' } });
    await happens(event, await person());
    const behind = await person();
    await happens(event, behind);
    expect(receiver.got).toHaveLength(1);
    expect(await explained(campaignId, behind)).toMatchObject({ en: expect.stringContaining('asked to wait until'), endpoint: { because: 'asked', until: new Date(clock.now().getTime() + 600_000).toISOString() } });
    expect(new Date((await view(id)).pausedUntil).getTime()).toBe(clock.now().getTime() + 600_000);
    receiver.reset();
    await later(599_000);
    expect(receiver.got).toHaveLength(0);
    await later(2_000);
    expect((await deliveriesOf(campaignId)).map(({ state }) => state)).toEqual(['sent', 'sent']);
    expect((await explained(campaignId, behind)).endpoint).toBeUndefined();
  });

  test('follows no redirect', async () => {
    const { id } = await endpoint();
    const { event } = await campaign('webhook', { endpointId: id, data: {} });
    receiver.answer = () => ({ status: 302, headers: { location: `${receiver.url}/elsewhere` } });
    await happens(event, await person());
    expect(receiver.got.map(({ path }) => path)).toEqual(['/hook']);
  });

  test('in trouble opens the circuit: no attempts are spent, one probes, and all go when it answers', async () => {
    const { id } = await endpoint();
    const { id: campaignId, event } = await campaign('webhook', { endpointId: id, data: {} });
    const people = [await person(), await person(), await person(), await person(), await person(), await person()];
    receiver.answer = () => ({ status: 503 });
    const batch = people.map((userId) => ({ type: 'track', userId, event }));
    await fetch(`${app.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.writeKey, batch }) });
    await app.runner.runUntilIdle();
    const { circuit } = await view(id);
    expect(circuit).toMatchObject({ state: 'open', failures: 6 });
    expect(await explained(campaignId, people[0]!)).toMatchObject({ en: expect.stringContaining('rests after repeated failures until'), endpoint: { because: 'circuit', until: circuit.openUntil } });
    await later(20_000);
    expect(receiver.got).toHaveLength(6);
    await later(11_000);
    expect(receiver.got).toHaveLength(7);
    expect((await view(id)).circuit).toMatchObject({ state: 'open', failures: 7 });
    receiver.answer = () => ({ status: 200 });
    await later(10 * MINUTE);
    await later(45 * MINUTE);
    expect((await deliveriesOf(campaignId)).map(({ state }) => state)).toEqual(Array(6).fill('sent'));
    expect((await view(id)).circuit).toEqual({ state: 'closed', failures: 0, openUntil: null });
  });

  test('to a control group is rendered and held back; one with a missing value stops with the name', async () => {
    const { id } = await endpoint();
    const held = await campaign('webhook', { endpointId: id, data: { a: '{{person.name}}' } }, { variants: [{ key: 'A', weight: 1, content: { endpointId: id, data: { a: '{{person.name}}' } } }], control: { weight: 5_000 } });
    await happens(held.event, await person());
    expect(await deliveriesOf(held.id)).toEqual([expect.objectContaining({ state: 'ghost', reason: 'EXPERIMENT_CONTROL' })]);
    const strict = await campaign('webhook', { endpointId: id, data: { a: '{{person.plan}}' } });
    await happens(strict.event, await person());
    expect(await deliveriesOf(strict.id)).toEqual([expect.objectContaining({ state: 'failed', reason: 'RENDER_MISSING_VAR', detail: 'data.a: person.plan has no value', attempts: 0 })]);
    expect(receiver.got).toHaveLength(0);
  });

  test('of a stopped campaign is cancelled, and asks nothing of the person but to exist', async () => {
    const { id } = await endpoint();
    await app.api('POST', '/v1/topics', { key: 'opt-in', name: 'Opt in', optIn: true });
    const { id: campaignId, event } = await campaign('webhook', { endpointId: id, data: {} }, { topic: 'opt-in' });
    const who = await person({ email: undefined });
    await happens(event, who);
    expect((await deliveriesOf(campaignId))[0]!.state).toBe('sent');
    const attempts = async () => (await app.api('GET', `/v1/webhook-endpoints/${id}/attempts`)).body.items.map(({ response }: { response: string }) => response);
    expect(await attempts()).toEqual(['ok']);
    const [{ id: erased }] = await app.db.query(`select p.id from person as p where p.external_id = $1`, [who]);
    await app.api('DELETE', `/v1/people/${erased}`);
    await app.runner.runUntilIdle();
    expect(await attempts()).toEqual(['']);
    const stranger = await person();
    const [{ id: personId }] = await app.db.query(`select p.id from person as p where p.external_id = $1`, [stranger]);
    const told = await app.api('GET', `/v1/campaigns/${campaignId}/explain?personId=${personId}`);
    const gates = told.body.gates.filter(({ gate }: { gate: string }) => ['consent', 'reachable', 'suppression'].includes(gate));
    expect(gates.map(({ passed, facts }: { passed: boolean; facts: object }) => [passed, facts])).toEqual(Array(3).fill([true, { addressee: 'system', notAsked: expect.stringContaining('does not go to the person') }]));
    receiver.answer = () => ({ status: 500 });
    await happens(event, await person());
    await app.api('POST', `/v1/campaigns/${campaignId}/stop`);
    await later(DAY);
    expect((await deliveriesOf(campaignId))[1]).toMatchObject({ state: 'cancelled', reason: 'CAMPAIGN_INACTIVE', attempts: 1 });
  });
});

describe('a chat notice', () => {
  test('goes to JANDI and Slack in their forms, one a second', async () => {
    const jandi = await endpoint('jandi');
    const slack = await endpoint('slack');
    expect(jandi.secret).toBeNull();
    const content = { title: 'New <customer>', text: '{{person.name}} & co', color: '#FAC11B', details: [{ title: 'Amount', description: '{{event.amount}}' }], links: [{ label: 'Open', url: 'https://x.example/{{person.externalId}}' }] };
    const toJandi = await campaign('chat', { endpointId: jandi.id, ...content, memberEmail: 'kim@example.com' });
    const who = await person();
    await happens(toJandi.event, who, { amount: 3 });
    expect(receiver.got[0]!.headers).toMatchObject({ accept: 'application/vnd.tosslab.jandi-v2+json', 'content-type': 'application/json' });
    expect(receiver.got[0]!.headers).not.toHaveProperty('webhook-signature');
    expect(JSON.parse(receiver.got[0]!.body)).toEqual({ body: `New <customer>\n김 "단비" & co\n[Open](https://x.example/${who})`, connectColor: '#FAC11B', connectInfo: [{ title: 'Amount', description: '3' }], email: 'kim@example.com' });
    receiver.reset();
    const toSlack = await campaign('chat', { endpointId: slack.id, ...content });
    const people = [await person(), await person(), await person()];
    for (const each of people) await happens(toSlack.event, each, { amount: 3 });
    expect(JSON.parse(receiver.got[0]!.body)).toMatchObject({ text: 'New &lt;customer&gt;: 김 "단비" &amp; co', attachments: [{ color: '#FAC11B' }] });
    expect(receiver.got).toHaveLength(1);
    for (const count of [2, 3]) {
      await later(1_000);
      expect(receiver.got).toHaveLength(count);
    }
    expect((await deliveriesOf(toSlack.id)).map(({ state }) => state)).toEqual(['sent', 'sent', 'sent']);
  });

  test('that may have arrived is in doubt and never sent again by itself; by hand it is', async () => {
    const { id } = await endpoint('slack');
    const { id: campaignId, event } = await campaign('chat', { endpointId: id, text: 'Hi' });
    receiver.answer = () => 'drop';
    await happens(event, await person());
    await later(DAY);
    const [doubt] = await deliveriesOf(campaignId);
    expect([receiver.got.length, doubt]).toEqual([1, expect.objectContaining({ state: 'uncertain', reason: 'PROVIDER_UNCERTAIN' })]);
    expect((await app.api('GET', `/v1/campaigns/${campaignId}/results`)).body.steps[0].reconciliation).toMatchObject({ uncertain: 1, difference: 0 });
    expect((await app.api('GET', `/v1/webhook-endpoints/${id}/dead-letters`)).body.items).toHaveLength(1);
    expect((await app.api('POST', `/v1/webhook-endpoints/${id}/dead-letters/redeliver`, { expected: 1 })).status).toBe(409);
    receiver.answer = () => ({ status: 200 });
    expect((await app.api('POST', `/v1/webhook-endpoints/${id}/dead-letters/${doubt!.id}/redeliver`)).status).toBe(200);
    await later(2_000);
    expect((await deliveriesOf(campaignId))[0]!.state).toBe('sent');
  });
});

describe('endpoints', () => {
  test.each([
    ['ftp://example.com', 'url'], ['nowhere', 'url'], ['https://u:p@example.com/', 'url'], ['https://10.0.0.1/', 'url'], ['https://[::1]/', 'url'], ['https://0x0a000001/', 'url'],
    ['https://167772161/', 'url'], ['https://012.0.0.1/', 'url'], ['https://[::ffff:10.0.0.1]/', 'url'], ['https://169.254.169.254/latest/meta-data', 'url'], ['http://93.184.216.34/', 'url'],
  ])('refuse the address %s', async (url, path) => {
    const answer = await app.api('POST', '/v1/webhook-endpoints', { name: 'x', url });
    expect([answer.status, answer.body.problems?.[0]?.path]).toEqual([400, path]);
  });

  test.each([[{ Host: 'x' }], [{ 'webhook-id': 'x' }], [{ 'Content-Length': '3' }], [{ 'x-a': 'a\r\nb: c' }], [{ 'x a': 'b' }], [{ 'x-a': '한글' }]])('refuse the headers %j', async (headers) => {
    expect((await app.api('POST', '/v1/webhook-endpoints', { name: 'x', url: receiver.url, headers })).status).toBe(400);
  });

  test('show no secrets: neither the address of a chat nor the values of headers', async () => {
    const { id } = await endpoint('slack', { headers: { authorization: 'Bearer hidden-value' } });
    const shown = await view(id);
    expect(shown).toMatchObject({ url: `http://127.0.0.1:${receiver.port}/…hook`, headerNames: ['authorization'], secrets: [] });
    expect(JSON.stringify([shown, (await app.api('GET', '/v1/webhook-endpoints')).body, (await app.api('GET', '/v1/audit')).body])).not.toContain('hidden-value');
    expect((await app.api('POST', `/v1/webhook-endpoints/${id}/rotate-secret`, {})).body).toMatchObject({ code: 'webhook.no-secret' });
  });

  test('are tested by a real POST, even switched off, and every change is in the audit log', async () => {
    const { id, secret } = await endpoint();
    await app.api('PATCH', `/v1/webhook-endpoints/${id}`, { enabled: false, description: 'later' });
    receiver.answer = () => ({ status: 418, body: '난 주전자' });
    clock.set(new Date());
    const tested = await app.api('POST', `/v1/webhook-endpoints/${id}/test`);
    expect(tested.body).toMatchObject({ outcome: 'answer', ok: false, status: 418, response: '난 주전자' });
    expect(new Webhook(secret).verify(receiver.got[0]!.body, receiver.got[0]!.headers as Record<string, string>)).toMatchObject({ type: 'danbi.test' });
    expect((await app.api('GET', `/v1/webhook-endpoints/${id}/attempts`)).body.items).toEqual([expect.objectContaining({ fate: 'test', status: 418, deliveryId: null })]);
    const audit = await app.api('GET', '/v1/audit');
    const actions = audit.body.items.filter(({ subject }: { subject: string }) => subject === `webhook_endpoint:${id}`).map(({ action }: { action: string }) => action);
    expect(actions).toEqual(['webhook_endpoint.test', 'webhook_endpoint.change', 'webhook_endpoint.create']);
    await later(31 * DAY);
    expect((await app.api('GET', `/v1/webhook-endpoints/${id}/attempts`)).body.items).toEqual([]);
  });

  test('are looked up when a campaign is published', async () => {
    const standard = await endpoint();
    const slack = await endpoint('slack');
    const off = await endpoint('jandi');
    await app.api('PATCH', `/v1/webhook-endpoints/${off.id}`, { enabled: false });
    const problems = async (channel: string, content: object) => {
      const made = await app.api('POST', '/v1/campaigns', { name: 'x', definition: { type: 'broadcast', message: { id: 'message', type: 'message', channel, variants: [{ key: 'A', content }] } } });
      const { body } = await app.api('POST', `/v1/campaigns/${made.body.id}/publish`, {});
      return body.problems.filter(({ path }: { path: string }) => path.includes('endpointId')).map(({ path, code }: { path: string; code: string }) => [path, code]);
    };
    const path = 'message.variants.0.content.endpointId';
    expect(await problems('webhook', { endpointId: '01900000-0000-7000-8000-00000000dead' })).toEqual([[path, expect.stringContaining('unknown-endpoint')]]);
    expect(await problems('webhook', { endpointId: slack.id })).toEqual([[path, expect.stringContaining('wrong-endpoint')]]);
    expect(await problems('chat', { endpointId: standard.id, text: 'x' })).toEqual([[path, expect.stringContaining('wrong-endpoint')]]);
    expect(await problems('chat', { endpointId: off.id, text: 'x' })).toEqual([[path, expect.stringContaining('endpoint-disabled')]]);
    expect(await problems('chat', { endpointId: slack.id, text: 'x', memberEmail: 'a@b.example' })).toEqual([[path, expect.stringContaining('no-members')]]);
  });

  test('show in a preview what they would get', async () => {
    const slack = await endpoint('slack');
    const chat = await app.api('POST', '/v1/messages/preview', { channel: 'chat', content: { endpointId: slack.id, text: 'Hi {{person.name}}' }, sample: { person: { name: '<b>' } } });
    expect(chat.body.payload).toEqual({ text: 'Hi &lt;b&gt;', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'Hi &lt;b&gt;' } }] });
    const webhook = await app.api('POST', '/v1/messages/preview', { channel: 'webhook', content: { endpointId: slack.id, data: { n: { $value: 'event.n' } } }, sample: { event: {} } });
    expect(webhook.body.problems).toEqual([expect.objectContaining({ code: 'RENDER_MISSING_VAR' })]);
  });

  test('are closed to strangers, and only owners change them', async () => {
    expect((await fetch(`${app.url}/v1/webhook-endpoints`)).status).toBe(401);
    const key = await app.api('POST', '/v1/api-keys', { kind: 'server', name: 'm', role: 'marketer' });
    const asMarketer = (method: string, path: string, body: object) => fetch(`${app.url}${path}`, { method, headers: { authorization: `Bearer ${key.body.secret}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    expect((await asMarketer('POST', '/v1/webhook-endpoints', { name: 'x', url: receiver.url })).status).toBe(403);
  });
});
