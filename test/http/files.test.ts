import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ApiKeys } from '../../src/access/api-keys.service.js';
import { row } from '../../src/platform/database/db.js';
import { callApi, startTestApp, type TestApp } from '../support/app.js';
import { email, inApp, series } from '../support/campaign-definitions.js';

interface FileText { path: string; content: string }
let staging: TestApp;
let production: TestApp;
beforeAll(async () => { [staging, production] = [await startTestApp(), await startTestApp()]; });
afterAll(async () => { await staging.close(); await production.close(); });

const pull = async (app: TestApp): Promise<FileText[]> => (await app.api('GET', '/v1/files')).body.files;
const plan = async (app: TestApp, files: FileText[], publish = false) => {
  const answer = await app.api('POST', '/v1/files/plan', { files, publish });
  expect([answer.status, answer.body]).toEqual([200, answer.body]);
  return answer.body;
};
const apply = async (app: TestApp, files: FileText[], publish = false) => app.api('POST', '/v1/files/apply', { files, publish, digest: (await plan(app, files, publish)).digest });
const change = (files: readonly FileText[], path: string, from: string, to: string): FileText[] => files.map((file) => {
  if (file.path !== path) return file;
  expect(file.content).toContain(from);
  return { path, content: file.content.replace(from, to) };
});
const lines = (items: { kind: string; key: string; action: string; publishes: string }[]) => items.filter(({ action, publishes }) => action !== 'unchanged' || publishes !== 'no').map(({ kind, key, action, publishes }) => `${kind} ${key}: ${action}${publishes === 'no' ? '' : `, ${publishes}`}`);
const countDrafts = async (app: TestApp) => (await row<{ n: number }>(app.db, 'select count(*)::int as n from campaign'))!.n;

/** A campaign that names one of everything. */
async function fillStaging(): Promise<string> {
  const list = (await staging.api('POST', '/v1/lists', { name: '봄 행사' })).body;
  const pro = (await staging.api('POST', '/v1/segments', { name: '유료 고객', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'pro' } })).body;
  const inner = (await staging.api('POST', '/v1/segments', { name: 'Engaged', description: 'Who still comes', definition: { type: 'all', of: [{ type: 'segment', op: 'in', segmentId: pro.id }, { type: 'list', op: 'not_in', listId: list.id }] } })).body;
  await staging.api('POST', '/v1/snippets', { key: 'greeting', name: '인사', kind: 'text', language: 'ko', content: '안녕하세요 {{default person.name "고객"}}님' });
  await staging.api('POST', '/v1/topics', { key: 'tips', name: 'Tips', nameKo: '활용 팁', optIn: true });
  const definition = series({
    entry: { type: 'segment', segmentId: inner.id, take: 'future_only' },
    exitRules: [{ key: 'left', condition: { type: 'list', op: 'in', listId: list.id } }], start: 'hello',
    steps: [
      email('hello', 'pause', { topic: 'tips', name: '환영', variants: [{ key: 'A', content: { subject: '{{> greeting}}', body: '<mj-section><mj-column><mj-text>첫째 줄\n둘째 줄: yes</mj-text></mj-column></mj-section>' } }] }),
      { id: 'pause', type: 'wait', for: { days: 2 }, next: 'tag' },
      { id: 'tag', type: 'action', action: { kind: 'add_to_list', listId: list.id }, next: 'nudge' }, inApp('nudge')],
  });
  const { body, status } = await staging.api('POST', '/v1/campaigns', { name: '환영 시리즈', definition });
  expect([status, body]).toEqual([201, body]);
  await staging.runner.runUntilIdle();
  const published = await staging.api('POST', `/v1/campaigns/${body.id}/publish`, {});
  expect([published.status, published.body]).toEqual([200, published.body]);
  await staging.api('POST', '/v1/campaigns', { name: 'Half written', unfinished: true, definition: { type: 'series', entry: { type: 'segment', segmentId: pro.id }, steps: [email('x', null)] } });
  return body.id;
}

test('what leaves one environment enters another whole, and comes out of it byte for byte', async () => {
  const id = await fillStaging();
  const files = await pull(staging);
  expect(files.map(({ path }) => path)).toEqual(['campaigns/half-written.yaml', 'campaigns/hwannyeong-sirijeu.yaml', 'lists/bom-haengsa.yaml', 'segments/engaged.yaml', 'segments/yuryo-gogaek.yaml', 'snippets/greeting.yaml', 'topics/account.yaml', 'topics/product-updates.yaml', 'topics/tips.yaml']);
  const welcome = files.find(({ path }) => path === 'campaigns/hwannyeong-sirijeu.yaml')!.content;
  expect(welcome).toContain('format: danbi.campaign/1\nkey: hwannyeong-sirijeu\nname: 환영 시리즈\npublished: true\n');
  expect(welcome).toContain('    segment: engaged\n');
  expect(welcome).toContain('        list: bom-haengsa\n');
  // Nothing of this environment alone is in it.
  expect(files.map(({ content }) => content).join('\n')).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect((await plan(staging, files, true)).changes).toBe(0);
  expect((await staging.api('GET', `/v1/files?kind=campaign&id=${id}`)).body.files).toEqual([{ path: 'campaigns/hwannyeong-sirijeu.yaml', content: welcome }]);

  const seen = await plan(production, files);
  expect(await countDrafts(production)).toBe(0);
  expect(lines(seen.items)).toEqual(['topic tips: create', 'list bom-haengsa: create', 'snippet greeting: create', 'segment engaged: create', 'segment yuryo-gogaek: create', 'campaign half-written: create', 'campaign hwannyeong-sirijeu: create, later']);
  expect(seen.valid).toBe(true);
  const done = await apply(production, files, true);
  expect([done.status, done.body.published]).toEqual([200, [{ key: 'hwannyeong-sirijeu', version: 1, refused: null }]]);
  expect(await pull(production)).toEqual(files);
  // Comments, order and a second time change nothing.
  const again = await plan(production, files.map(({ path, content }) => ({ path, content: `# Reviewed by Mina\n${content}` })), true);
  expect([again.changes, lines(again.items), again.valid]).toEqual([0, [], true]);
  expect((await production.api('GET', '/v1/campaigns?q=환영')).body.items[0]).toMatchObject({ state: 'active' });
});

test('a change is told in words of both languages, and of people on their way', async () => {
  const files = await pull(staging);
  const path = 'campaigns/hwannyeong-sirijeu.yaml';
  const edited = change(change(files, path, 'days: 2', 'days: 3'), 'segments/yuryo-gogaek.yaml', 'value: pro', 'value: team');
  const { items, digest } = await plan(staging, edited, true);
  expect(items.filter(({ action }: { action: string }) => action === 'update')).toMatchObject([
    { kind: 'segment', changes: [{ en: 'definition: “plan” is “pro” → “plan” is “team”' }] },
    { kind: 'campaign', publishes: 'now', changes: [{ en: 'Wait “pause”: 2 days → 3 days', ko: '대기 “pause”: 2일 → 3일' }] },
  ]);
  // Somebody edits the segment meanwhile: what was seen is not what would be applied.
  const pro = (await staging.api('GET', '/v1/segments?q=유료')).body.items[0];
  await staging.api('PATCH', `/v1/segments/${pro.id}`, { revision: pro.revision, description: 'meanwhile' });
  const late = await staging.api('POST', '/v1/files/apply', { files: edited, publish: true, digest });
  expect([late.status, late.body.error?.code ?? late.body.code]).toEqual([409, 'files.changed']);
  const done = await apply(staging, change(edited, 'segments/yuryo-gogaek.yaml', 'key: yuryo-gogaek', 'key: yuryo-gogaek'), true);
  expect(done.body.published).toEqual([{ key: 'hwannyeong-sirijeu', version: 2, refused: null }]);
  expect((await plan(staging, edited, true)).changes).toBe(0);
  expect(await row(staging.db, `select a.detail from audit_entry as a where a.action = 'files.apply' order by a.id desc limit 1`)).toEqual({ detail: { changed: ['segment/yuryo-gogaek', 'campaign/hwannyeong-sirijeu'], publishing: ['hwannyeong-sirijeu'] } });
});

const good = { path: 'segments/new-one.yaml', content: 'format: danbi.segment/1\nkey: new-one\nname: New one\ndefinition:\n  type: attribute\n  key: plan\n  op: exists\n' };
test.each<[string, string, string, string]>([
  ['a key that nothing has', 'format: danbi.campaign/1\nkey: bad\nname: Bad\ndefinition:\n  type: series\n  entry:\n    type: segment\n    segment: nowhere\n', 'bad.yaml:8:5', 'There is no segment with the key "nowhere", here or in the files.'],
  ['an operator that is none', 'format: danbi.segment/1\nkey: bad\nname: Bad\ndefinition:\n  type: all\n  of:\n    - type: attribute\n      key: plan\n      op: equals\n      value: x\n', 'bad.yaml:9:7', 'There is no operator "equals"'],
  ['a field that nobody knows', '# first\nformat: danbi.topic/1\nkey: bad\nname: Bad\nopt_in: true\n', 'bad.yaml:2:1', 'has no "opt_in"'],
  ['broken YAML', 'format: danbi.topic/1\nkey: bad\n  name: [', 'bad.yaml:', 'This is no YAML'],
  ['another format', 'format: danbi.campaign/2\nkey: bad\n', 'bad.yaml:1:1', 'The format must be one of danbi.topic/1'],
  ['a name that is taken', 'format: danbi.segment/1\nkey: bad\nname: ENGAGED\ndefinition: { type: tag, op: has, tag: x }\n', 'bad.yaml:3:1', 'Another segment is called “ENGAGED”, under another key.'],
  ['a snippet that contains itself', 'format: danbi.snippet/1\nkey: bad\nname: Bad\nkind: text\nlanguage: en\ncontent: "{{> bad}}"\n', 'bad.yaml:6:1', ''],
  ['a topic of another kind', 'format: danbi.topic/1\nkey: tips\nname: Tips\nkind: transactional\nreason: contract\n', 'bad.yaml:4:1', 'The topic "tips" is marketing here'],
  ['one key twice', good.content, 'bad.yaml:2:1', 'The segment "new-one" is in segments/new-one.yaml as well.'],
])('%s is named at file and line, and nothing of the files is written', async (_, content, place, says) => {
  const files = [good, { path: 'bad.yaml', content }];
  const before = await pull(staging);
  const { findings, valid, digest } = await plan(staging, files);
  expect(valid).toBe(false);
  const [first] = findings.filter(({ severity }: { severity: string }) => severity === 'error');
  expect([`${first.file}:${first.line}:${first.column}`.startsWith(place), first.message.includes(says), first.messageKo === undefined && !says.startsWith('This')]).toEqual([true, true, false]);
  const refused = await staging.api('POST', '/v1/files/apply', { files, digest });
  expect(refused.status).toBe(400);
  expect(JSON.stringify(refused.body)).toContain(place);
  expect(await pull(staging)).toEqual(before);
});

test('files never launch a broadcast, nor revive what was stopped; a half-written draft is no error until it is to run', async () => {
  const broadcast = { path: 'campaigns/news.yaml', content: 'format: danbi.campaign/1\nkey: news\nname: News\npublished: true\ndefinition:\n  type: broadcast\n  segment: engaged\n  message:\n    type: message\n    channel: in_app\n    variants:\n      - key: A\n        content:\n          body: Hello\n' };
  const half = { path: 'half.yaml', content: 'format: danbi.campaign/1\nkey: half\nname: Half\npublished: true\ndefinition:\n  type: series\n  entry: { type: event, event: Go }\n  start: a\n  steps: []\n' };
  const seen = await plan(production, [broadcast, half]);
  expect(seen.findings.filter(({ severity }: { severity: string }) => severity === 'error')).toEqual([]);
  expect([seen.valid, lines(seen.items)]).toEqual([true, ['campaign half: create, later', 'campaign news: create']]);
  expect(seen.findings).toContainEqual(expect.objectContaining({ severity: 'warning', code: 'files.broadcast', file: 'campaigns/news.yaml', line: 4 }));
  expect((await plan(production, [broadcast, half], true)).findings).toContainEqual(expect.objectContaining({ severity: 'error', file: 'half.yaml', line: 9, path: 'definition.steps' }));
  await apply(production, [broadcast], true);
  const news = (await production.api('GET', '/v1/campaigns?q=News')).body.items[0];
  expect(news.state).toBe('draft');
  const welcome = (await production.api('GET', '/v1/campaigns?q=환영')).body.items[0];
  await production.api('POST', `/v1/campaigns/${welcome.id}/stop`);
  const after = await plan(production, await pull(staging), true);
  expect(lines(after.items)).toEqual(['segment yuryo-gogaek: update', 'campaign hwannyeong-sirijeu: ended']);
  expect(after.findings).toContainEqual(expect.objectContaining({ severity: 'warning', code: 'files.ended' }));
  expect((await apply(production, await pull(staging), true)).status).toBe(200);
  expect((await production.api('GET', '/v1/campaigns?q=환영')).body.items).toHaveLength(1);
});

test('whoever may edit campaigns may apply; an analyst may only read', async () => {
  const { secret } = await staging.nest.get(ApiKeys, { strict: false }).create({ kind: 'server', name: 'reader', role: 'analyst' }, 'setup');
  const status = async (method: string, path: string, body?: unknown) => (await callApi(`${staging.url}${path}`, secret, method, body)).status;
  expect([await status('GET', '/v1/files'), await status('POST', '/v1/files/plan', { files: [good] }), await status('POST', '/v1/files/apply', { files: [good], digest: 'x' })]).toEqual([200, 403, 403]);
});
