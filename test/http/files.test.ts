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
  await staging.api('PUT', '/v1/labels/event/Project%20Created', { en: 'Project made', ko: '프로젝트 생성' });
  await staging.api('PUT', '/v1/labels/attribute/team', { ko: '요금제', description: 'no: yes' });
  const settings = [
    await staging.api('PUT', '/v1/pacing', { caps: [{ key: 'weekly', name: '주간', limit: 3, window: { kind: 'rolling', for: { days: 7 } }, topics: ['tips'] }], quietHours: { on: true } }),
    await staging.api('PUT', '/v1/safety-settings', { approval: { above: 1000 }, sendRate: { messages: 600, per: 'minute' } }),
    await staging.api('PATCH', '/v1/sending-rules', { rules: { display_limit: { on: true, parameters: { perDay: 5 } } } }),
    await staging.api('POST', '/v1/holdouts', { name: '전체 홀드아웃', percent: 2.5, exceptCampaignIds: [body.id], goal: { event: { name: 'Paid' } } }),
  ];
  expect(settings.map((one) => one.status)).toEqual([200, 200, 200, 201]);
  return body.id;
}

test('what leaves one environment enters another whole, and comes out of it byte for byte', async () => {
  const id = await fillStaging();
  const files = await pull(staging);
  expect(files.map(({ path }) => path)).toEqual(['campaigns/half-written.yaml', 'campaigns/hwannyeong-sirijeu.yaml', 'holdouts/jeonche-holdeuaut.yaml', 'labels.yaml', 'lists/bom-haengsa.yaml', 'segments/engaged.yaml', 'segments/yuryo-gogaek.yaml', 'settings.yaml', 'snippets/greeting.yaml', 'topics/account.yaml', 'topics/product-updates.yaml', 'topics/tips.yaml']);
  const welcome = files.find(({ path }) => path === 'campaigns/hwannyeong-sirijeu.yaml')!.content;
  expect(welcome).toContain('format: danbi.campaign/1\nkey: hwannyeong-sirijeu\nname: 환영 시리즈\npublished: true\n');
  expect(welcome).toContain('    segment: engaged\n');
  expect(welcome).toContain('        list: bom-haengsa\n');
  const said = (path: string) => files.find((file) => file.path === path)!.content;
  expect(said('labels.yaml')).toBe('format: danbi.labels/1\nlabels:\n  - kind: attribute\n    key: team\n    description: "no: yes"\n    ko: 요금제\n  - kind: event\n    key: Project Created\n    en: Project made\n    ko: 프로젝트 생성\n');
  expect(said('holdouts/jeonche-holdeuaut.yaml')).toContain('definition:\n  percent: 2.5\n  exceptCampaigns:\n    - hwannyeong-sirijeu\n');
  expect(said('settings.yaml')).toMatch(/^format: danbi\.settings\/1\npacing:\n[^]*\nrules:\n  display_limit:\n    on: true\n    parameters:\n      perDay: 5\nsafety:\n/);
  // Nothing of this environment alone is in it.
  expect(files.map(({ content }) => content).join('\n')).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect((await plan(staging, files, true)).changes).toBe(0);
  expect((await staging.api('GET', `/v1/files?kind=campaign&id=${id}`)).body.files).toEqual([{ path: 'campaigns/hwannyeong-sirijeu.yaml', content: welcome }]);

  const seen = await plan(production, files);
  expect(await countDrafts(production)).toBe(0);
  expect(lines(seen.items)).toEqual(['topic tips: create', 'list bom-haengsa: create', 'snippet greeting: create', 'segment engaged: create', 'segment yuryo-gogaek: create', 'labels labels: update', 'settings settings: update', 'campaign half-written: create', 'campaign hwannyeong-sirijeu: create, later', 'holdout jeonche-holdeuaut: create']);
  expect(seen.items.filter(({ kind }: { kind: string }) => ['labels', 'settings'].includes(kind)).flatMap(({ changes }: { changes: { en: string }[] }) => changes.map(({ en }) => en))).toEqual(expect.arrayContaining(['Event “Project Created”: added', 'Frequency cap “주간”: added', 'A second person approves launches above: nothing → 1000', 'Rule “Auto messages a day”, perDay: nothing → 5']));
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

test('labels, settings and holdouts are changed by their files, in words; what a file does not name stays', async () => {
  const files = await pull(staging);
  const one = (path: string, content: string) => [{ path, content }];
  const changesOf = async (given: FileText[]) => (await plan(staging, given)).items.flatMap(({ changes }: { changes: { en: string; ko: string }[] }) => changes);
  const settings = change(change(files, 'settings.yaml', 'limit: 3', 'limit: 2'), 'settings.yaml', 'above: 1000', 'above: 500');
  expect(await changesOf(change(settings, 'settings.yaml', '    on: true\n    parameters:\n      perDay: 5\n', '    on: false\n'))).toEqual([
    { en: 'Frequency cap “주간”, limit: 3 → 2', ko: '빈도 제한 “주간”, limit: 3 → 2' }, { en: 'A second person approves launches above: 1000 → 500', ko: '승인이 필요한 대상 수 기준: 1000 → 500' },
    { en: 'Rule “Auto messages a day”: on → off', ko: '규칙 “하루 자동 메시지 수”: 켬 → 끔' }, { en: 'Rule “Auto messages a day”, perDay: 5 → nothing', ko: '규칙 “하루 자동 메시지 수”, perDay: 5 → 없음' },
  ]);
  // A part alone: the others stay, and so do labels that the file does not name.
  const quiet = one('settings.yaml', 'format: danbi.settings/1\nrules:\n  display_limit:\n    parameters: { perDay: 4 }\n');
  expect((await apply(staging, [...quiet, ...one('labels.yaml', 'format: danbi.labels/1\nlabels:\n  - { kind: event, key: Paid, en: Paid, ko: 결제 }\n')])).status).toBe(200);
  const here = await pull(staging);
  expect(here.find(({ path }) => path === 'settings.yaml')!.content).toContain('perDay: 4');
  expect(here.find(({ path }) => path === 'settings.yaml')!.content).toContain('above: 1000');
  expect(here.find(({ path }) => path === 'labels.yaml')!.content.match(/key: /g)).toHaveLength(3);
  expect((await staging.api('GET', '/v1/sending-rules')).body.items.find(({ key }: { key: string }) => key === 'display_limit').parameters).toEqual({ perDay: 4 });
  // Removing takes labels only where a file says which there are, and ends holdouts.
  const others = (await staging.api('POST', '/v1/files/plan', { files: here.filter(({ path }) => !path.startsWith('holdouts/')).map((file) => (file.path === 'labels.yaml' ? files.find(({ path }) => path === file.path)! : file)), others: 'remove' })).body.others;
  expect(others).toMatchObject([{ kind: 'holdout', does: 'archive' }, { kind: 'labels', key: 'event Paid', name: 'Paid', does: 'delete' }]);
  expect((await apply(staging, files)).status).toBe(200);
  const wrong: [string, string, string, string][] = [
    ['holdouts/jeonche-holdeuaut.yaml', 'percent: 2.5', 'percent: 5', 'Share, campaigns and goal of a holdout stay as it began'],
    ['settings.yaml', '        - tips', '        - nowhere', 'There is no topic "nowhere".'],
    ['settings.yaml', 'perDay: 5', 'perDay: 5000', ''], ['labels.yaml', 'key: team', 'key: $plan', 'names that begin with "$"'], ['holdouts/jeonche-holdeuaut.yaml', '- hwannyeong-sirijeu', '- nobody', 'There is no campaign with the key "nobody"'],
  ];
  for (const [path, from, to, says] of wrong) {
    const { findings, valid } = await plan(staging, change(files, path, from, to));
    expect([path, to, valid, findings.find(({ severity }: { severity: string }) => severity === 'error')]).toEqual([path, to, false, expect.objectContaining({ file: path, message: expect.stringContaining(says), messageKo: expect.anything() })]);
  }
  const { secret } = await staging.nest.get(ApiKeys, { strict: false }).create({ kind: 'server', name: 'editor', role: 'marketer' }, 'setup');
  expect((await callApi(`${staging.url}/v1/files/plan`, secret, 'POST', { files: quiet })).body).toMatchObject({ valid: false, findings: [{ code: 'files.settings-owner', file: 'settings.yaml', line: 1 }] });
  expect((await callApi(`${staging.url}/v1/files/plan`, secret, 'POST', { files })).body).toMatchObject({ valid: true });
});

test('what no file is about is shown, and goes when asked: with its history kept, and nothing that is used', async () => {
  const files = await pull(staging);
  const made = async (path: string, body: object) => (await staging.api('POST', path, body)).body;
  const loose = await made('/v1/segments', { name: 'Loose', definition: { type: 'tag', op: 'has', tag: 'x' } });
  const outer = await made('/v1/segments', { name: 'Outer', definition: { type: 'segment', op: 'in', segmentId: loose.id } });
  const used = await made('/v1/segments', { name: 'Used', definition: { type: 'tag', op: 'has', tag: 'y' } });
  await made('/v1/lists', { name: 'Loose list' });
  await made('/v1/snippets', { key: 'loose', name: 'Loose', kind: 'text', language: 'en', content: 'x' });
  await made('/v1/campaigns', { name: 'A draft', definition: series({ entry: { type: 'segment', segmentId: outer.id, take: 'future_only' } }) });
  const running = await made('/v1/campaigns', { name: 'Running', definition: series({ entry: { type: 'segment', segmentId: used.id, take: 'future_only' } }) });
  await staging.runner.runUntilIdle();
  expect((await staging.api('POST', `/v1/campaigns/${running.id}/publish`, {})).status).toBe(200);
  const named = change(files, 'campaigns/half-written.yaml', 'segment: yuryo-gogaek', 'segment: engaged').filter(({ path }) => path !== 'segments/yuryo-gogaek.yaml');
  const asked = async (others: string, more: object = {}) => (await staging.api('POST', '/v1/files/plan', { files: named, others, ...more })).body;
  expect([(await asked('ignore')).others, (await asked('show', { has: ['segment/yuryo-gogaek'] })).others.map(({ key }: { key: string }) => key)]).toEqual([[], ['a-draft', 'running', 'loose', 'outer', 'used', 'loose', 'loose-list']]);
  const shown = await asked('show');
  expect(shown.changes).toBe(1);
  const seen = await asked('remove');
  expect(seen.others.map(({ kind, key, does, why }: { kind: string; key: string; does: string; why: { en: string; ko: string } | null }) => [kind, key, does, why?.en ?? null, why === null || why.ko !== why.en])).toEqual([
    ['campaign', 'a-draft', 'delete', null, true],
    ['campaign', 'running', 'keep', 'The campaign is active and still has something to do. Stop it first, or drain it and wait until everybody is through.', true],
    ['segment', 'loose', 'archive', null, true], ['segment', 'outer', 'archive', null, true],
    ['segment', 'used', 'keep', 'It is named in the campaign “Running”, which stays.', true],
    ['segment', 'yuryo-gogaek', 'keep', 'It is named in segments/engaged.yaml.', true],
    ['snippet', 'loose', 'delete', null, true], ['list', 'loose-list', 'archive', null, true],
  ]);
  expect([seen.changes, (await pull(staging)).length]).toEqual([6, files.length + 7]);
  // A plan that was seen without removing is no leave to remove; nor is one from before somebody changed what is to go.
  const applied = (digest: string) => staging.api('POST', '/v1/files/apply', { files: named, others: 'remove', digest });
  expect((await applied(shown.digest)).status).toBe(409);
  await staging.api('PATCH', `/v1/segments/${outer.id}`, { revision: outer.revision, description: 'needed' });
  expect((await applied(seen.digest)).status).toBe(409);
  const done = await applied((await asked('remove')).digest);
  expect([done.status, done.body.others]).toEqual([200, seen.others]);
  expect((await pull(staging)).map(({ path }) => path)).toEqual([...files.map(({ path }) => path), 'campaigns/running.yaml', 'segments/used.yaml'].toSorted());
  expect(await row(staging.db, `select a.detail -> 'removed' as removed from audit_entry as a where a.action = 'files.apply' order by a.id desc limit 1`)).toEqual({ removed: ['campaign/a-draft', 'segment/loose', 'segment/outer', 'snippet/loose', 'list/loose-list'] });
  expect(await row(staging.db, `select count(*)::int as n from segment as s where s.name in ('Loose', 'Outer') and s.state = 'archived'`)).toEqual({ n: 2 });
  // What was stopped by hand goes by itself from what files tell, and its segment may go.
  await staging.api('POST', `/v1/campaigns/${running.id}/stop`);
  expect((await asked('remove')).others).toMatchObject([{ key: 'used', does: 'archive' }, { key: 'yuryo-gogaek', does: 'keep' }]);
});

test('whoever may edit campaigns may apply; an analyst may only read', async () => {
  const { secret } = await staging.nest.get(ApiKeys, { strict: false }).create({ kind: 'server', name: 'reader', role: 'analyst' }, 'setup');
  const status = async (method: string, path: string, body?: unknown) => (await callApi(`${staging.url}${path}`, secret, method, body)).status;
  expect([await status('GET', '/v1/files'), await status('POST', '/v1/files/plan', { files: [good] }), await status('POST', '/v1/files/apply', { files: [good], digest: 'x' })]).toEqual([200, 403, 403]);
});
