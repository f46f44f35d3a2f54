import type { DataSource } from 'typeorm';
import type { TestApp } from '../app.js';
import { email, inApp, series } from '../campaign-definitions.js';
import { ReportWorld, twoArms, writeSurvey } from '../report-world.js';
import type { VirtualClock } from '../virtual-clock.js';

const DAY = 86_400_000;
/** Browsers have the real time: what happened here begins 18 days before it, at midnight UTC. */
export const BEGINS = new Date(Math.floor(Date.now() / DAY - 18) * DAY);
/** A moment on a day of this world, the first of which is 0. */
const on = (day: number, hour: number, second = 0) => new Date(BEGINS.getTime() + day * DAY + hour * 3_600_000 + second * 1_000).toISOString();
const AT = on(0, 10);

/** What the list of addresses names. */
export interface SweepWorld {
  person: string; segment: string; series: string; draft: string; broadcast: string; test: string; survey: string; delivery: string; mail: string; endpoint: string; source: string; domain: string;
}

/** A workspace in which every page of the dashboard has something to show. Ledgers are written by hand where waiting for people would take weeks. */
export async function furnish(app: TestApp, clock: VirtualClock): Promise<SweepWorld> {
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await app.api(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const names = [['jiu', '박지우'], ['mina', '김미나'], ['ben', 'Ben Weiss']] as const;
  for (const [id, name] of names) await ask('POST', '/v1/people', { externalId: id, attributes: { email: `${id}@example.org`, name, plan: 'trial', joined: '2026-01-05T00:00:00Z' }, tags: ['beta'] });
  await ask('POST', '/v1/batch', { batch: names.flatMap(([userId]) => ['Signed Up', 'Order Completed'].map((event) => ({ type: 'track', userId, event, messageId: `${userId}-${event}`, properties: { amount: 12_000, plan: 'trial' } }))) });
  const segment = (await ask('POST', '/v1/segments', { name: '체험 고객', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'trial' } })).id as string;
  await app.runner.runUntilIdle();
  const settings = await furnishSettings(ask, app);
  const world = new ReportWorld(app);
  const made = { series: await writeSeries(world), survey: await writeSurvey(world, AT), test: await writeTest(ask, app, clock) };
  const broadcast = await sendBroadcast(ask, segment);
  await app.runner.runUntilIdle();
  const draft = (await ask('POST', '/v1/campaigns', { name: '쓰는 중', unfinished: true, definition: draftDefinition(segment) })).id as string;
  await changeSeries(ask, made.series);
  await app.db.query(`update segment set state = 'failed' where id = (select max(id::text)::uuid from segment where id <> $1)`, [segment]);
  const person = (await ask('GET', '/v1/people/external:mina')).id as string;
  // Only now: before, everything went to the sandbox mailbox.
  await ask('POST', '/v1/relays', { name: 'Main', host: 'smtp.example.com', port: 587, security: 'starttls', username: 'danbi', password: 'very secret', provider: 'ses' });
  return { person, segment, draft, broadcast, ...made, ...settings, ...(await sent(ask, app.db, broadcast, person)) };
}

type Ask = (method: string, path: string, body?: unknown) => Promise<any>; // eslint-disable-line typescript/no-explicit-any -- answers are taken as they come

async function furnishSettings(ask: Ask, app: TestApp): Promise<{ endpoint: string; domain: string; source: string }> {
  await ask('POST', '/v1/suppressions', { address: 'blocked@example.org', detail: 'asked by telephone' });
  await ask('POST', '/v1/topics', { key: 'tips', name: 'Tips', nameKo: '활용 팁', optIn: true });
  await ask('POST', '/v1/snippets', { key: 'address', name: 'Address', kind: 'text', language: 'ko', content: '서울시 중구 1' });
  const endpoint = (await ask('POST', '/v1/webhook-endpoints', { name: '주문', url: 'https://hooks.example.com/orders' })).endpoint.id as string;
  const domain = (await ask('POST', '/v1/sending-domains', { domain: 'news.acme.example', bounceDomain: 'b.news.acme.example' })).id as string;
  const source = await ask('POST', '/v1/sources', { kind: 'json', name: '주문 시스템' });
  await fetch(`${app.url}/in/${source.id}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ type: 'order', email: 'nobody@example.org', total: 3 }) });
  return { endpoint, domain, source: source.id as string };
}

/** A series with a test: sent, opened, clicked, unsubscribed, failed, held out, left early, refused, chosen, on the way. */
async function writeSeries(world: ReportWorld): Promise<string> {
  const wait = { id: 'pause', type: 'wait', for: { days: 3 }, next: 'a' };
  const { id } = await world.publish(series({ start: 'pause', steps: [wait, twoArms('a', 'b'), inApp('b')] }), '환영 시리즈');
  const [p1, p2, p3, p4, p5, p6, p7, p8] = (await world.people(8)) as [string, string, string, string, string, string, string, string];
  const first = await world.message({ person: p1, state: 'delivered', language: 'ko', at: AT });
  for (const [kind, second] of [['open', 0], ['click', 1], ['unsubscribe', 2]] as const) await world.react(first, p1, kind, on(0, 12, second));
  await world.event(p1, 'Project Created', on(1, 0));
  await world.message({ person: p2, state: 'sent', language: 'en', at: AT });
  await world.message({ person: p3, state: 'failed', reason: 'RENDER_MISSING_VAR', at: AT });
  await world.message({ person: p4, variant: 'B', state: 'sent', language: 'ko', at: on(3, 10) });
  await world.message({ person: p5, variant: 'control', isControl: true, state: 'ghost', at: AT, attempts: 0 });
  const left = { person: p6, step: 'a', at: AT };
  const enrollment = await world.run({ ...left, state: 'exited', left: on(1, 10), outcome: 'EXIT_RULE', exit: 'EXIT_RULE' });
  await world.refuse({ ...left, code: 'EXIT_RULE', stage: 'exit', enrollment });
  await world.refuse({ person: p7, code: 'NO_CONSENT', at: AT });
  await world.message({ person: p8, variant: 'B', source: 'choice', state: 'delivered', at: AT });
  return id;
}

/** A finished test whose outcomes came from elsewhere: 30 and 60 of 300 each, and days later its verdict. */
async function writeTest(ask: Ask, app: TestApp, clock: VirtualClock): Promise<string> {
  const batch = Array.from({ length: 600 }, (_, index) => ({ type: 'identify', userId: `p-${index}`, timestamp: AT }));
  await ask('POST', '/v1/batch', { batch });
  const { id } = await ask('POST', '/v1/campaigns', { name: '제목 시험', definition: { type: 'broadcast', external: true, arms: [{ key: 'A' }, { key: 'B' }], goals: [{ key: 'visit', name: '방문', primary: true, window: { days: 7 }, event: { name: 'Visited' } }] } });
  await ask('POST', `/v1/campaigns/${id}/publish`, {});
  const assigned = Array.from({ length: 600 }, (_, index) => JSON.stringify({ externalId: `p-${index}`, variant: index < 300 ? 'A' : 'B', at: on(0, 9) })).join('\n');
  await fetch(`${app.url}/v1/campaigns/${id}/assignments`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'application/x-ndjson' }, body: assigned });
  const visited = Array.from({ length: 600 }, (_, index) => index).filter((index) => (index < 300 ? index < 30 : index < 360));
  clock.set(new Date(on(2, 0)));
  await ask('POST', '/v1/batch', { batch: visited.map((index) => ({ type: 'track', userId: `p-${index}`, event: 'Visited', messageId: `v-${index}`, timestamp: on(1, 9) })) });
  await app.runner.runUntilIdle();
  for (const day of [16, 18]) {
    clock.set(new Date(on(day, 0)));
    await app.runner.runUntilIdle();
  }
  return id as string;
}

async function sendBroadcast(ask: Ask, segmentId: string): Promise<string> {
  const content = { subject: '반갑습니다', body: '<mj-section><mj-column><mj-text>{{person.name}}</mj-text><mj-button href="https://shop.example/go">Go</mj-button></mj-column></mj-section>' };
  const { id } = await ask('POST', '/v1/campaigns', { name: '체험 환영', definition: { type: 'broadcast', segmentId, message: { type: 'message', channel: 'email', variants: [{ key: 'A', content }] } } });
  await ask('POST', `/v1/campaigns/${id}/publish`, {});
  return id as string;
}

/** A one-off that is still being written, in two variants, to be tested before the rest gets it. */
const draftDefinition = (segmentId: string) => ({
  type: 'broadcast', segmentId, launchAt: '2099-05-01T00:30:00Z', goals: [{ key: 'paid', name: '구매', primary: true, event: { name: 'Order Completed' } }],
  message: { ...email('message', null), id: undefined, next: undefined, variants: ['A', 'B'].map((key) => ({ key, content: { subject: '봄', body: '<mj-section><mj-column><mj-text>봄</mj-text></mj-column></mj-section>' } })) },
});

/** A live series whose draft says something else: a history with something to compare. */
async function changeSeries(ask: Ask, id: string): Promise<void> {
  const { revision, name, definition } = await ask('GET', `/v1/campaigns/${id}`);
  const steps = definition.steps.map((step: { id: string }) => (step.id === 'pause' ? { ...step, for: { days: 5 } } : step));
  await ask('PUT', `/v1/campaigns/${id}`, { revision, name, definition: { ...definition, steps } });
}

/** One e-mail that was sent, as a delivery with a click of a machine and as it lies in the sandbox mailbox. */
async function sent(ask: Ask, db: DataSource, campaignId: string, person: string): Promise<{ delivery: string; mail: string }> {
  const [delivery] = (await ask('GET', `/v1/deliveries?personId=${person}&campaignId=${campaignId}`)).items;
  await db.query(`insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict, evidence, data) values ($1, $2, 'click', 'c', now(), 'machine', '{"reasons": ["bot"]}', '{"url": "https://shop.example/go"}')`, [delivery.id, person]);
  const mail = (await ask('GET', '/v1/sandbox/mails')).items[0].id as string;
  return { delivery: delivery.id as string, mail };
}
