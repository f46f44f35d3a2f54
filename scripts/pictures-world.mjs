// A workspace worth looking at, made over the public API of a Danbi of its own: sample people, campaigns in every state, settings.
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PASSWORD = '비밀번호는 길수록 좋다';
const MINUTE = 60_000;
const SOURCE_SECRET = 'shpss_a_secret_of_the_shop';
/** What a shop sends: an order, a parcel of somebody nobody knows, and something no rule is for. */
const ORDERS = [
  ['orders/paid', { id: 450789469, name: '#1001', total_price: '59000', currency: 'KRW', processed_at: '2026-03-02T17:30:00+09:00', line_items: [{ title: '우전 녹차', product_id: 1 }], customer: { id: 207119551, email: 'mina@example.org', first_name: '미나' } }],
  ['fulfillments/create', { id: 2, order_id: 5, email: 'nobody@example.org', created_at: '2026-03-02T18:00:00+09:00' }],
  ['themes/publish', { id: 5 }],
];

const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => done(port)); });
});

/** Starts the built service with a database of its own. @returns its address, the set-up token, and how to end it */
async function startDanbi() {
  const folder = await mkdtemp(join(tmpdir(), 'danbi-pictures-'));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'dist/src/main.js'], { env: { ...process.env, PORT: String(await freePort()), DATA_DIR: folder, LOG_LEVEL: 'error' }, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((done) => { child.once('close', done); });
  const token = await new Promise((done, failed) => {
    let said = '';
    child.stdout.on('data', (part) => {
      said += part;
      const found = /Danbi is ready at (\S+)[\s\S]*?token=(\S+)/.exec(said);
      if (found) done(found);
    });
    void ended.then(() => failed(new Error(`Danbi did not start: ${said}`)));
  });
  return { url: token[1].replace('127.0.0.1', 'localhost'), token: token[2], stop: async () => { child.kill('SIGTERM'); await ended; await rm(folder, { recursive: true, force: true }); } };
}

const email = (id, next, subjects) => ({ id, type: 'message', channel: 'email', next, variants: subjects.map((subject, index) => ({ key: 'AB'[index], content: { subject, preheader: '', body: `<mj-section><mj-column><mj-text>${subject}</mj-text><mj-button href="https://shop.example/go">시작하기</mj-button></mj-column></mj-section>` } })) });
const goal = { key: 'goal', name: '유료 전환', primary: true, window: { days: 14 }, event: { name: 'Plan Upgraded' } };

/** @param inWords bodies of requests as another language has them @returns the service with its people and things, and the ids of what pictures are taken of */
export async function makeWorld(inWords = (body) => body) {
  const danbi = await startDanbi();
  try {
    return { ...danbi, ids: await fill(danbi, inWords) };
  } catch (error) {
    await danbi.stop();
    throw error;
  }
}

async function fill(danbi, inWords) {
  let key = '';
  const call = async (method, path, body) => {
    const response = await fetch(`${danbi.url}${path}`, { method, headers: { ...(key === '' ? {} : { authorization: `Bearer ${key}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, body: body === undefined ? undefined : inWords(JSON.stringify(body)) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
  const until = async (what, ask) => {
    for (const end = Date.now() + 3 * MINUTE; Date.now() < end; await new Promise((done) => { setTimeout(done, 300); })) {
      const found = await ask();
      if (found) return found;
    }
    throw new Error(`never: ${what}`);
  };
  const workspace = { name: '단비 상점', timeZone: 'Asia/Seoul', language: 'ko', senderContact: '서울시 중구 1, 02-123-4567' };
  ({ serverKey: key } = await call('POST', '/v1/setup', { token: danbi.token, email: 'owner@example.com', name: '김단비', password: PASSWORD, workspace, sampleData: true }));
  await until('sample people', async () => (await call('GET', '/v1/sample-data')).state === 'there');
  await call('PATCH', '/v1/sending-rules', { rules: { night_gate: { on: false } } });
  await call('PUT', '/v1/pacing', { caps: [{ key: 'week', name: '한 주에 열 통', limit: 10, window: { kind: 'calendar', unit: 'week' }, channels: ['email'] }, { key: 'day', name: '하루 다섯 번', limit: 5, window: { kind: 'rolling', for: { days: 1 } }, topics: ['product-updates'] }] });
  const { campaignIds } = await call('POST', '/v1/demo');
  const segment = await call('POST', '/v1/segments', { name: '체험 고객', definition: { type: 'all', of: [{ type: 'attribute', key: 'plan', op: 'is', value: 'trial' }, { type: 'not', of: { type: 'event', event: 'Plan Upgraded', count: { op: 'at_least', value: 1 } } }] } });
  await until('the segment', async () => (await call('GET', `/v1/segments/${segment.id}`)).state === 'live');

  const create = async (name, definition, unfinished) => (await call('POST', '/v1/campaigns', { name, definition, ...(unfinished ? { unfinished: true } : {}) })).id;
  const steps = [
    email('welcome', 'pause', ['{{person.name}}님, 반갑습니다', '시작하는 데 2분이면 됩니다']),
    { id: 'pause', type: 'wait', for: { days: 2 }, next: 'did' },
    { id: 'did', type: 'branch', branches: [{ name: '유료', condition: { type: 'event', event: 'Plan Upgraded', count: { op: 'at_least', value: 1 } }, next: 'thanks' }], otherwise: 'nudge' },
    { id: 'thanks', type: 'message', channel: 'in_app', next: null, variants: [{ key: 'A', content: { format: 'slide_in', title: '고맙습니다', body: '이제 모든 기능을 쓸 수 있습니다.' } }] },
    email('nudge', null, ['아직 망설이고 계신가요?']),
  ];
  const series = await create('체험 고객 전환', { type: 'series', entry: { type: 'segment', segmentId: segment.id, take: 'current_and_future' }, goals: [goal], start: 'welcome', steps }, true);
  await call('POST', `/v1/campaigns/${series}/publish`, {});
  const broadcast = await create('신기능 안내', { type: 'broadcast', segmentId: segment.id, goals: [goal], message: { ...email('message', undefined, ['새 보드를 소개합니다', '이제 보드로 함께 일하세요']), id: undefined, next: undefined, control: { weight: 1 } } }, true);
  await call('POST', `/v1/campaigns/${broadcast}/publish`, {});
  const draft = await create('여름 할인', { type: 'broadcast', segmentId: segment.id, goals: [goal], message: { ...email('message', undefined, ['한 주만 할인합니다']), id: undefined, next: undefined } }, true);
  const deliveries = await until('deliveries', async () => {
    const { items } = await call('GET', `/v1/deliveries?campaignId=${broadcast}&limit=100`);
    return items.length >= 20 && items.every(({ state }) => state !== 'queued') && items;
  });
  await call('POST', '/v1/topics', { key: 'news', name: 'News', nameKo: '새 소식' });
  await call('POST', '/v1/api-keys', { kind: 'server', name: 'CRM', role: 'marketer' });
  await call('POST', '/v1/users', { email: 'mina@example.com', name: '이미나', role: 'marketer' });
  await call('POST', '/v1/snippets', { key: 'address', name: '주소', kind: 'text', language: 'ko', content: '서울시 중구 1' });
  await call('POST', '/v1/suppressions', { address: 'gone@example.org' });
  const domain = await call('POST', '/v1/sending-domains', { domain: 'mail.shop.example' });
  const hook = await call('POST', '/v1/webhook-endpoints', { name: '주문 시스템', url: 'https://shop.example/hooks' });
  await call('PUT', `/v1/webhook-endpoints/${hook.id ?? hook.endpoint?.id}/subscription`, { kinds: ['sent', 'delivered', 'opened', 'clicked', 'bounced', 'refused'] });
  const source = await call('POST', '/v1/sources', { kind: 'shopify', name: '차 가게', secret: SOURCE_SECRET });
  for (const [topic, body] of ORDERS) {
    const text = JSON.stringify(body);
    await fetch(`${danbi.url}/in/${source.id}`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-shopify-topic': topic, 'x-shopify-hmac-sha256': createHmac('sha256', SOURCE_SECRET).update(text).digest('base64'), 'x-shopify-event-id': `${topic}-${body.id}` }, body: text });
  }
  const people = (await call('GET', '/v1/people?limit=20')).items;
  const mails = (await call('GET', '/v1/sandbox/mails')).items;
  return { series, broadcast, draft, segment: segment.id, auto: campaignIds[0], delivery: deliveries[0].id, person: deliveries[0].personId ?? people[0].id, domain: domain.id, hook: hook.id ?? hook.endpoint?.id, source: source.id, mail: mails[0].id };
}
