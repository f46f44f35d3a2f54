import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApiKeys } from '../../src/access/api-keys.service.js';
import { newId } from '../../src/kernel/ids.js';
import { row, rows } from '../../src/platform/database/db.js';
import { callApi, startTestApp, type TestApp } from '../support/app.js';
import { autoMessage, broadcast, email, EVERYBODY, inApp, series } from '../support/campaign-definitions.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-01T00:00:00Z'));
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

const path = (id: string, rest = '') => `/v1/campaigns/${id}${rest}`;
const create = async (definition: unknown, name = '환영 캠페인') => {
  const answer = await app.api('POST', '/v1/campaigns', { name, definition });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body.id as string;
};
const publish = (id: string, body?: unknown) => app.api('POST', path(id, '/publish'), body);
const published = async (definition: unknown) => {
  const id = await create(definition);
  const answer = await publish(id);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return id;
};
const edit = async (id: string, definition: unknown) => {
  const { body } = await app.api('GET', path(id));
  return app.api('PUT', path(id), { revision: body.revision, name: body.name, definition });
};
/** Still being built, so that launches wait for it. */
const segment = async (definition: unknown = EVERYBODY) => {
  const id = newId();
  await rows(app.db, `insert into segment (id, name, definition, state, created_by, created_at, updated_at) values ($1, $4, $2::jsonb, 'building', 'test', $3, $3)`, [id, JSON.stringify(definition), clock.now(), id]);
  return id;
};
const launches = (id: string) => rows(app.db, 'select l.state, l.due_at as "dueAt", v.number from launch as l join campaign_version as v on v.id = l.version_id where l.campaign_id = $1 order by l.id', [id]);
const version = async (id: string, number: number) => (await app.api('GET', path(id, `/versions/${number}`))).body;

describe('drafts', () => {
  test('are created, read, listed, changed and deleted, in Korean too', async () => {
    const id = await create(series(), '신규 가입자 환영 🌧️ 단비');
    const { body } = await app.api('GET', path(id));
    expect(body).toMatchObject({ id, name: '신규 가입자 환영 🌧️ 단비', type: 'series', state: 'draft', revision: 1, currentVersion: null, createdAt: '2026-03-01T00:00:00.000Z' });
    expect(body.definition.steps[0].variants[0]).toMatchObject({ weight: 1, content: { subject: '환영합니다', layout: 'plain' } });
    expect((await app.api('GET', `/v1/campaigns?q=${encodeURIComponent('단비')}&state=draft&type=series`)).body.items.map((one: { id: string }) => one.id)).toEqual([id]);
    expect((await edit(id, series({ steps: [email('a', null, { name: '첫 인사' })] }))).body).toMatchObject({ revision: 2 });
    expect((await app.api('DELETE', path(id))).status).toBe(204);
    expect((await app.api('GET', path(id))).status).toBe(404);
  });

  test('a change on top of a change nobody saw is refused', async () => {
    const id = await create(series());
    const change = { revision: 1, name: 'x', definition: series() };
    const answers = await Promise.all([1, 2, 3].map(() => app.api('PUT', path(id), change)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    expect(answers.find(({ status }) => status === 409)!.body).toMatchObject({ error: 'conflict', code: 'campaign.changed', changed: { by: 'test', at: expect.stringMatching(/^\d{4}-.*Z$/) } });
    expect((await app.api('PUT', path(id), { revision: 2, name: 'x', definition: broadcast() })).body.code).toBe('campaign.other-type');
  });

  test('a list is paged without losing or repeating any', async () => {
    const ids = new Set<string>();
    for (let index = 0; index < 5; index += 1) ids.add(await create(series(), `쪽 나누기 ${index}`));
    const seen: string[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const { body }: { body: { items: { id: string }[]; next: string | null } } = await app.api('GET', `/v1/campaigns?limit=2&q=${encodeURIComponent('쪽 나누기')}${next ? `&after=${next}` : ''}`);
      seen.push(...body.items.map((one) => one.id));
      next = body.next;
    }
    expect([seen.length, new Set(seen)]).toEqual([5, ids]);
  });

  test.each([
    { name: 'an unknown step type', definition: series({ steps: [{ id: 'a', type: 'dance' }] }), at: 'definition.steps.0.type' },
    { name: 'an empty subject', definition: series({ steps: [email('a', null, { variants: [{ key: 'A', content: { subject: '', body: 'x' } }] })] }), at: 'definition.steps.0.variants.0.content.subject' },
    { name: 'nine variants', definition: series({ steps: [inApp('a', { variants: Array.from({ length: 9 }, (_, i) => ({ key: `v${i}`, content: { body: 'x' } })) })] }), at: 'definition.steps.0.variants' },
    { name: 'a negative weight', definition: series({ steps: [inApp('a', { control: { weight: -1 } })] }), at: 'definition.steps.0.control.weight' },
    { name: 'a duration of nothing', definition: series({ steps: [{ id: 'a', type: 'wait', for: {} }] }), at: 'definition.steps.0.for' },
    { name: 'an unknown field', definition: { ...series(), surprise: 1 }, at: 'definition' },
  ])('$name is refused with its place', async ({ definition, at }) => {
    const { status, body } = await app.api('POST', '/v1/campaigns', { name: 'x', definition });
    expect([status, body.code, body.problems.map((problem: { path: string }) => problem.path)]).toEqual([400, 'request.invalid', [at]]);
  });

  test('a copy starts as a draft with a name of its own', async () => {
    const id = await published(series());
    const { status, body } = await app.api('POST', path(id, '/duplicate'));
    expect([status, body.state, body.name, body.currentVersion]).toEqual([201, 'draft', '환영 캠페인 (copy)', null]);
  });
});

describe('checking and publishing', () => {
  test('all that is looked up is named with its place, and nothing is half-written', async () => {
    const nowhere = newId();
    const bad = { type: 'attribute', key: 'plan', op: 'resembles', value: 'x' };
    const id = await create(series({
      entry: { type: 'segment', segmentId: nowhere }, audience: { type: 'all', of: [EVERYBODY, bad] }, exitRules: [{ key: 'x', condition: { type: 'segment', op: 'in', segmentId: nowhere } }],
      goals: [{ key: 'g', name: 'G', event: { name: 'Bought', where: [{ property: 'total', op: 'resembles', value: 1 }] } }],
      steps: [email('a', 'b', { topic: 'no-such-topic' }), inApp('b', { variants: [{ key: 'A', content: { body: '{{person.name' } }] })],
    }));
    const { body } = await app.api('POST', path(id, '/check'));
    const places = body.findings.filter((finding: { severity: string }) => finding.severity === 'error').map((finding: { path: string }) => finding.path);
    expect(body.ok).toBe(false);
    expect(places).toEqual(['entry.segmentId', expect.stringMatching(/^audience\.of\.1/), expect.stringMatching(/^exitRules\.0\.condition/), expect.stringMatching(/^goals\.0\.event\.where\.0/), 'steps.0.topic', 'steps.1.variants.0.content.body']);
    const refused = await publish(id);
    expect([refused.status, refused.body.code, refused.body.problems.map((problem: { path: string }) => problem.path)]).toEqual([400, 'campaign.invalid', places]);
    expect((await app.api('GET', path(id))).body).toMatchObject({ state: 'draft', currentVersion: null });
    expect(await rows(app.db, 'select from message_content as c where c.campaign_id = $1', [id])).toEqual([]);
  });

  test('a value that some of the audience lack is a remark at its text; asked for first or with other words it is none', async () => {
    for (const [externalId, attributes] of [['e1', { team: 'empty', nick: '미나' }], ['e2', { team: 'empty', nick: ' ' }], ['e3', { team: 'empty' }], ['e4', { team: 'empty', nick: 'Ben' }], ['e5', { team: 'other' }]] as const) expect((await app.api('POST', '/v1/people', { externalId, attributes })).status).toBe(201);
    const audience = { type: 'attribute', key: 'team', op: 'is', value: 'empty' };
    const content = { body: '{{person.nick}} {{default person.team "x"}} {{#if person.plan}}{{person.plan}}{{/if}}', buttons: [{ label: '{{person.nick}}', url: 'https://example.com' }] };
    const id = await create(series({ audience, steps: [inApp('b', { variants: [{ key: 'A', content }] })], start: 'b' }));
    const { body } = await app.api('POST', path(id, '/check'));
    const said = body.findings.filter(({ code }: { code: string }) => code === 'campaign.empty-for-some');
    expect(said.map((finding: { severity: string; path: string; message: string }) => [finding.severity, finding.path, finding.message])).toEqual(['body', 'buttons.0.label'].map((place) => ['warning', `steps.0.variants.0.content.${place}`, '"person.nick" is empty for 50 % of the audience, who would not get this message. Say what stands there without it.']));
    expect(said[0].messageKo).toBe('대상 고객의 50%는 "person.nick" 값이 비어 있어 이 메시지를 받지 못해요. 값이 없을 때 대신 쓸 말을 정하세요.');
  });

  test('a version holds all that runs, and can not be changed', async () => {
    const id = await published(series({
      goals: [{ key: 'g', name: '목표', condition: EVERYBODY }], exitRules: [{ key: 'x', condition: EVERYBODY }],
      steps: [
        { id: 'a', type: 'wait_until', condition: EVERYBODY, timeout: { days: 7 }, next: 'b', onTimeout: 'b' },
        inApp('b', { variants: ['A', 'B'].map((key) => ({ key, content: { body: `${key} 안녕` } })), control: { weight: 2 }, next: 'c' }),
        { id: 'c', type: 'split', arms: [{ key: 'x', weight: 1 }, { key: 'y', weight: 3 }] },
      ],
    }));
    const stored = (await row<{ id: string; definition: any }>(app.db, 'select v.id, v.definition from campaign_version as v where v.campaign_id = $1', [id]))!; // eslint-disable-line typescript/no-explicit-any -- examined below
    const { contents, experiments, conditions, goals } = stored.definition;
    expect(Object.keys(contents.b).toSorted()).toEqual(['A', 'B', 'control']);
    expect(contents.b.control).toBe(contents.b.A);
    expect(experiments.b.arms).toEqual([{ key: 'A', basisPoints: 2500, isControl: false }, { key: 'B', basisPoints: 2500, isControl: false }, { key: 'control', basisPoints: 5000, isControl: true }]);
    expect(experiments.c).toEqual({ experimentId: expect.any(String), salt: `${experiments.c.experimentId}:1`, arms: [{ key: 'x', basisPoints: 2500, isControl: false }, { key: 'y', basisPoints: 7500, isControl: false }] });
    expect(Object.keys(conditions).toSorted()).toEqual(['exit:x', 'goal:g', 'wait:a']);
    expect(goals[0].primary).toBe(true);
    expect(await rows(app.db, `select from segment as s where s.owner_id = $1 and s.purpose = 'campaign'`, [id])).toHaveLength(3);
    for (const change of [`update campaign_version set number = 9 where id = '${stored.id}'`, `delete from campaign_version where id = '${stored.id}'`]) await expect(app.db.query(change)).rejects.toThrow('immutable');
    expect((await app.api('GET', path(id, '/versions'))).body.items).toEqual([{ id: stored.id, number: 1, publishedBy: expect.stringMatching(/^server_key:/), publishedAt: '2026-03-01T00:00:00.000Z', activeEnrollments: 0 }]);
    expect((await version(id, 1)).experiments.b.id).toBe(experiments.b.experimentId);
    expect((await app.api('GET', path(id, '/versions/2'))).status).toBe(404);
  });

  test('of publishers at the same time exactly one succeeds', async () => {
    const id = await create(series());
    const answers = await Promise.all([1, 2, 3, 4].map(() => publish(id)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
    expect((await app.api('GET', path(id, '/versions'))).body.items).toHaveLength(1);
    expect((await publish(id)).body.code).toBe('campaign.nothing-new');
  });

  test('the publisher names the draft seen, in the body or by If-Match', async () => {
    const id = await create(series());
    await edit(id, series({ reentry: { policy: 'after_exit' } }));
    const withHeader = (revision: string) => fetch(`${app.url}${path(id, '/publish')}`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'if-match': revision } });
    expect((await publish(id, { revision: 1 })).body.code).toBe('campaign.changed');
    expect((await withHeader('"1"')).status).toBe(409);
    expect((await withHeader('one')).status).toBe(400);
    expect((await withHeader('"2"')).status).toBe(200);
  });

  test('an experiment lives through an edit beside it and ends with an edit of its own', async () => {
    const steps = (control: number, wait: number) => [inApp('a', { control: { weight: control }, next: 'b' }), { id: 'b', type: 'wait', for: { days: wait }, next: 'c' }, email('c', null)];
    const id = await published(series({ steps: steps(1, 1) }));
    await edit(id, series({ steps: steps(1, 2) }));
    await publish(id);
    await edit(id, series({ steps: steps(3, 2) }));
    await publish(id);
    const [first, second, third] = [await version(id, 1), await version(id, 2), await version(id, 3)];
    expect(second.experiments).toEqual(first.experiments);
    expect(third.experiments.c).toEqual(first.experiments.c);
    expect(third.experiments.a.id).not.toBe(first.experiments.a.id);
    expect(third.experiments.a.salt).toBe(`${third.experiments.a.id}:3`);
    expect(await rows(app.db, 'select from experiment as e where e.campaign_id = $1', [id])).toHaveLength(3);
  });

  test('a condition that stays keeps its maintained segment', async () => {
    const goals = [{ key: 'g', name: 'G', condition: EVERYBODY }];
    const id = await published(series({ goals }));
    await edit(id, series({ goals, reentry: { policy: 'after_exit' } }));
    await publish(id);
    await edit(id, series({ goals: [{ ...goals[0], condition: { type: 'not', of: EVERYBODY } }] }));
    await publish(id);
    const conditions = await rows<{ at: string }>(app.db, `select v.definition -> 'conditions' ->> 'goal:g' as at from campaign_version as v where v.campaign_id = $1 order by v.number`, [id]);
    expect([conditions[0]!.at === conditions[1]!.at, conditions[1]!.at === conditions[2]!.at]).toEqual([true, false]);
  });

  test('who is in the segment now is launched once, and an edit does not launch again', async () => {
    const [one, two] = [await segment(), await segment()];
    const entry = (segmentId: string, take?: string) => ({ type: 'segment', segmentId, take });
    const id = await published(series({ entry: entry(one) }));
    expect(await launches(id)).toEqual([{ state: 'waiting', dueAt: clock.now(), number: 1 }]);
    await edit(id, series({ entry: entry(one), reentry: { policy: 'after_exit' } }));
    await publish(id);
    expect(await launches(id)).toEqual([{ state: 'waiting', dueAt: clock.now(), number: 2 }]);
    await edit(id, series({ entry: entry(two) }));
    await publish(id);
    expect((await launches(id)).map(({ state, number }) => [state, number])).toEqual([['cancelled', 2], ['waiting', 3]]);
    expect(await launches(await published(series({ entry: entry(one, 'future_only') })))).toEqual([]);
    expect(await launches(await published(series()))).toEqual([]);
  });

  test('entry by a date goes on where the version before was', async () => {
    const entry = { type: 'date', attribute: 'birthday', days: -3 };
    const id = await published(series({ entry }));
    await app.db.query(`update date_entry_tick set evaluated_to = '2026-02-01T00:00:00Z' where version_id = (select current_version_id from campaign where id = $1)`, [id]);
    await edit(id, series({ entry, reentry: { policy: 'after_exit' } }));
    await publish(id);
    const ticks = () => rows(app.db, 'select v.number, t.evaluated_to as at from date_entry_tick as t join campaign_version as v on v.id = t.version_id where v.campaign_id = $1', [id]);
    expect(await ticks()).toEqual([{ number: 2, at: new Date('2026-02-01T00:00:00Z') }]);
    await edit(id, series({ entry: { ...entry, days: -2 } }));
    await publish(id);
    expect(await ticks()).toEqual([{ number: 3, at: clock.now() }]);
  });

  test('a broadcast is launched at its time, may be changed before, and not after', async () => {
    const segmentId = await segment();
    const id = await published(broadcast({ segmentId, launchAt: '2026-03-05T09:00:00+09:00', localTime: '09:00' }));
    await edit(id, broadcast({ segmentId, launchAt: '2026-03-06T09:00:00+09:00' }));
    expect((await publish(id)).status).toBe(200);
    expect(await launches(id)).toEqual([{ state: 'cancelled', dueAt: new Date('2026-03-05T00:00:00Z'), number: 1 }, { state: 'waiting', dueAt: new Date('2026-03-06T00:00:00Z'), number: 2 }]);
    await app.db.query(`update launch set state = 'done' where campaign_id = $1 and state = 'waiting'`, [id]);
    await edit(id, broadcast({ segmentId, audience: EVERYBODY }));
    const refused = await publish(id);
    expect([refused.status, refused.body.code]).toEqual([409, 'campaign.already-launched']);
    expect((await app.api('GET', path(id, '/versions'))).body.items).toHaveLength(2);
  });
});

describe('the life of a campaign', () => {
  const VERBS = ['pause', 'resume', 'drain', 'stop', 'archive', 'publish'];
  const reach: Record<string, string[]> = { draft: [], active: ['publish'], paused: ['publish', 'pause'], draining: ['publish', 'drain'], stopped: ['publish', 'stop'], archived: ['archive'] };
  const allowed: Record<string, Record<string, string>> = {
    draft: { archive: 'archived', publish: 'active' },
    active: { pause: 'paused', drain: 'draining', stop: 'stopped' },
    paused: { resume: 'active', drain: 'draining', stop: 'stopped', publish: 'active' },
    draining: { pause: 'paused', resume: 'active', stop: 'stopped', archive: 'archived', publish: 'active' },
    stopped: { archive: 'archived' },
    archived: {},
  };
  test.each(Object.keys(reach).flatMap((state) => VERBS.map((verb) => ({ state, verb, to: allowed[state]![verb] ?? null }))))('$state: $verb leads to $to', async ({ state, verb, to }) => {
    const id = await create(series());
    for (const step of reach[state]!) expect((await app.api('POST', path(id, `/${step}`))).status).toBe(200);
    const { status, body } = await app.api('POST', path(id, `/${verb}`));
    expect(status).toBe(to ? 200 : 409);
    if (!to) expect(body).toMatchObject({ error: 'conflict', code: expect.stringMatching(/^campaign\.(wrong-state|busy|nothing-new)$/) });
    expect((await app.api('GET', path(id))).body.state).toBe(to ?? state);
  });

  test('of two verbs at the same time one wins', async () => {
    const id = await published(series());
    const answers = await Promise.all(['stop', 'stop', 'stop'].map((verb) => app.api('POST', path(id, `/${verb}`))));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
  });

  test('stopping takes back what is under way and says how much; killed in the middle, it is finished later', async () => {
    const id = await published(series({ entry: { type: 'segment', segmentId: await segment() } }));
    const { currentVersion } = (await app.api('GET', path(id))).body;
    await rows(app.db, `
      insert into enrollment (id, person_id, campaign_id, version_id, state, step_id, due_at, entered_at)
      select gen_random_uuid(), gen_random_uuid(), $1, $2, 'active', 'a', $3, $3 from generate_series(1, 4100)`, [id, currentVersion.id, clock.now()]);
    await rows(app.db, `
      insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, variant, topic, state, due_at, queued_at)
      select gen_random_uuid(), e.person_id, e.campaign_id, e.version_id, 'a', e.id, 'in_app', 'A', 'product-updates', case when substr(e.id::text, 1, 1) < '8' then 'queued' else 'sent' end, $2, $2
        from enrollment as e where e.campaign_id = $1 limit 1000`, [id, clock.now()]);
    await rows(app.db, `
      insert into in_app_message (delivery_id, person_id, campaign_id, content, created_at)
      select d.id, d.person_id, d.campaign_id, '{}', $2 from delivery as d where d.campaign_id = $1 and d.state = 'sent'`, [id, clock.now()]);
    const [{ queued, sent }] = await rows<{ queued: number; sent: number }>(app.db, `select count(*) filter (where d.state = 'queued')::int as queued, count(*) filter (where d.state = 'sent')::int as sent from delivery as d where d.campaign_id = $1`, [id]) as [{ queued: number; sent: number }];
    const { body } = await app.api('POST', path(id, '/stop'));
    expect(body).toMatchObject({ campaign: { state: 'stopped' }, cancelled: { runs: 4100, deliveries: queued, launches: 1 }, recalled: sent });
    expect(await rows(app.db, 'select e.state, e.exit_code as code, count(*)::int as n from enrollment as e where e.campaign_id = $1 group by 1, 2', [id])).toEqual([{ state: 'cancelled', code: 'CAMPAIGN_INACTIVE', n: 4100 }]);
    expect(await row(app.db, 'select count(*)::int as n from decision as d where d.campaign_id = $1 and d.code = $2', [id, 'CAMPAIGN_INACTIVE'])).toEqual({ n: 4100 });

    await app.db.query(`update campaign set closing = true where id = $1`, [id]);
    await app.db.query(`update enrollment set state = 'active', exit_code = null, left_at = null where id in (select e.id from enrollment as e where e.campaign_id = $1 limit 7)`, [id]);
    clock.advance(59_000);
    await app.runner.runUntilIdle();
    expect(await row(app.db, `select count(*)::int as n from enrollment as e where e.campaign_id = $1 and e.state = 'active'`, [id])).toEqual({ n: 7 });
    clock.advance(1_000);
    await app.runner.runUntilIdle();
    expect(await row(app.db, `select c.closing, (select count(*)::int from enrollment as e where e.campaign_id = c.id and e.state = 'active') as n from campaign as c where c.id = $1`, [id])).toEqual({ closing: false, n: 0 });
  });

  test('a broadcast that is through can be archived, one under way can not', async () => {
    const id = await published(broadcast({ segmentId: await segment(), launchAt: '2026-12-01T00:00:00Z' }));
    expect((await app.api('POST', path(id, '/archive'))).body.code).toBe('campaign.busy');
    await app.db.query(`update launch set state = 'done' where campaign_id = $1`, [id]);
    expect((await app.api('POST', path(id, '/archive'))).body.state).toBe('archived');
  });

  test('an archived campaign no longer keeps its conditions up', async () => {
    const id = await published(series({ goals: [{ key: 'g', name: '목표', condition: EVERYBODY }] }));
    const states = () => rows(app.db, 'select s.state, exists (select from segment_build as b where b.segment_id = s.id) as building from segment as s where s.owner_id = $1', [id]);
    expect(await states()).not.toEqual([{ state: 'archived', building: false }]);
    await app.api('POST', path(id, '/stop'));
    expect((await app.api('POST', path(id, '/archive'))).status).toBe(200);
    await app.runner.runUntilIdle();
    expect(await states()).toEqual([{ state: 'archived', building: false }]);
  });

  test('every change is in the audit log', async () => {
    const id = await published(series());
    for (const verb of ['pause', 'resume', 'drain', 'stop', 'archive']) await app.api('POST', path(id, `/${verb}`));
    const entries = await rows<{ action: string }>(app.db, `select a.action from audit_entry as a where a.subject = 'campaign:' || $1 order by a.id`, [id]);
    expect(entries.map(({ action }) => action)).toEqual(['create', 'publish', 'pause', 'resume', 'drain', 'stop', 'archive'].map((verb) => `campaign.${verb}`));
  });
});

test('analysts read and check, marketers change, nobody else does anything', async () => {
  const keys = app.nest.get(ApiKeys, { strict: false });
  const as = async (role: 'marketer' | 'analyst') => (await keys.create({ kind: 'server', name: role, role }, 'setup')).secret;
  const [marketer, analyst] = [await as('marketer'), await as('analyst')];
  const id = await create(series());
  const call = async (key: string, method: string, url: string, body?: unknown) => (await callApi(`${app.url}${url}`, key, method, body)).status;
  for (const url of ['/v1/campaigns', path(id), path(id, '/versions'), path(id, '/assignments')]) {
    expect([url, await call(analyst, 'GET', url), await call(marketer, 'GET', url), await call('none', 'GET', url)]).toEqual([url, 200, 200, 401]);
  }
  expect([await call(analyst, 'POST', path(id, '/check')), await call(analyst, 'POST', '/v1/campaigns', { name: 'x', definition: series() })]).toEqual([200, 403]);
  for (const verb of ['publish', 'pause', 'resume', 'drain', 'stop', 'archive', 'duplicate', 'assignments']) expect([verb, await call(analyst, 'POST', path(id, `/${verb}`))]).toEqual([verb, 403]);
  expect([await call(analyst, 'DELETE', path(id)), await call(analyst, 'PUT', path(id), {}), await call(marketer, 'POST', path(id, '/publish')), await call(marketer, 'POST', path(id, '/stop'))]).toEqual([403, 403, 200, 200]);
});

describe('auto messages', () => {
  test('are drafted, checked, published, changed, duplicated and put away like other campaigns', async () => {
    const audience = { type: 'attribute', key: 'plan', op: 'is', value: 'pro' };
    const id = await published(autoMessage({ audience }));
    const first = await version(id, 1);
    expect(first.definition).toMatchObject({ type: 'auto_message', display: { trigger: { type: 'dwell', seconds: 90, scope: 'page' }, priority: 50, class: 'standard', frequency: { times: 1, oncePerVisit: true } } });
    const stored = await row<{ published: { entry: object; start: string; conditions: Record<string, string> } }>(app.db, 'select v.definition as published from campaign_version as v where v.campaign_id = $1', [id]);
    expect(stored!.published).toMatchObject({ entry: { type: 'display' }, start: 'message' });
    // Who may get it is kept up, so that a boot reads it instead of asking.
    const hidden = stored!.published.conditions.audience!;
    expect(await row(app.db, 'select s.purpose, s.owner_id as "ownerId", s.definition from segment as s where s.id = $1', [hidden])).toEqual({ purpose: 'campaign', ownerId: id, definition: expect.objectContaining(audience) });
    expect((await edit(id, autoMessage({ audience, display: { priority: 70 } }))).status).toBe(200);
    expect((await publish(id)).status).toBe(200);
    const second = await row<{ audience: string }>(app.db, `select v.definition #>> '{conditions,audience}' as audience from campaign_version as v where v.campaign_id = $1 and v.number = 2`, [id]);
    expect(second!.audience).toBe(hidden);
    expect(await launches(id)).toEqual([]);
    expect((await app.api('POST', path(id, '/archive'))).body.code).toBe('campaign.busy');
    expect((await app.api('POST', path(id, '/pause'))).status).toBe(200);
    expect((await app.api('POST', path(id, '/resume'))).status).toBe(200);
    expect((await app.api('POST', path(id, '/stop'))).body).toMatchObject({ campaign: { state: 'stopped' }, recalled: 0 });
    expect((await app.api('POST', path(id, '/archive'))).status).toBe(200);
    expect(await row(app.db, 'select s.state from segment as s where s.id = $1', [hidden])).toEqual({ state: 'archived' });
    const copy = await app.api('POST', path(id, '/duplicate'), {});
    expect(copy.body).toMatchObject({ type: 'auto_message', state: 'draft', definition: { display: { priority: 70 } } });
  });

  test('say what is wrong with them, each fault with its place', async () => {
    const id = await create(autoMessage({ display: { page: { include: [{ match: 'regex', pattern: '(?=x)' }] } }, audience: { type: 'segment', op: 'in', segmentId: newId() }, message: inApp('message', { topic: 'nowhere' }) }));
    const { body } = await app.api('POST', path(id, '/check'));
    expect(body.findings.map(({ path: at, code }: { path: string; code: string }) => `${at} ${code}`)).toEqual(expect.arrayContaining(['display.page.include.0.pattern campaign.page-pattern', 'audience.segmentId segment.unknown', 'message.topic campaign.unknown-topic']));
    expect((await publish(id)).status).toBe(400);
    expect((await app.api('POST', '/v1/campaigns', { name: 'x', definition: autoMessage({ message: email('message', null) }) })).body.problems).toEqual(expect.arrayContaining([expect.objectContaining({ path: expect.stringContaining('message') })]));
    expect((await app.api('POST', '/v1/campaigns', { name: 'x', definition: autoMessage({ display: { trigger: { type: 'dwell', seconds: 0 } } }) })).status).toBe(400);
  });
});
