import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { ANALYSTS, checkLoginName, createAnalyst, ensureAnalysts, removeAnalyst } from '../../src/platform/database/analyst-role.js';
import { inTransaction } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { inApp, series } from '../support/campaign-definitions.js';
import { ReportWorld } from '../support/report-world.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T00:00:00Z'));
const LOGIN = `minji_${process.pid}`;
let app: TestApp;
let world: ReportWorld;
let analyst: pg.Client;

beforeAll(async () => {
  app = await startTestApp({ clock });
  world = new ReportWorld(app);
  const survey = { format: 'survey', survey: { question: '?', kind: 'nps', comment: '왜?' } };
  await world.publish(series({ goals: [{ key: 'bought', name: '구매', event: { name: 'Bought' }, value: { property: 'amount', currency: 'KRW' }, window: { hours: 1 } }], start: 'w', steps: [{ id: 'w', type: 'wait', for: { days: 1 }, next: 'a' }, inApp('a', { variants: [{ key: 'A', content: survey }, { key: 'B', content: survey }] })] }));
  const people = await world.people(6);
  await app.db.query(`update person set email = 'secret@example.com', external_id = id::text || '@example.com', attributes = '{"name": "비밀"}'`);
  for (const [index, person] of people.slice(0, 5).entries()) {
    const delivery = await world.message({ person, channel: 'in_app', variant: index < 3 ? 'A' : 'B', state: index === 4 ? 'sent' : 'delivered', at: '2026-03-02T20:00:00Z' });
    await world.react(delivery, person, 'open', '2026-03-02T21:00:00Z', index === 0 ? 'human' : 'machine');
    if (index < 2) await world.react(delivery, person, 'click', '2026-03-02T21:00:00Z');
    if (index < 4) await world.answer(delivery, person, { at: '2026-03-02T22:00:00Z', step: 'a', variant: index < 3 ? 'A' : 'B', score: [10, 9, 3, 8][index]!, text: '비밀' });
  }
  for (const [index, person] of people.slice(0, 4).entries()) await world.event(person, 'Bought', index === 3 ? '2026-03-02T22:00:00Z' : '2026-03-02T20:30:00Z', { amount: '1.1' });
  await world.run({ person: people[5]!, step: 'w', at: '2026-03-02T20:00:00Z', state: 'active', due: '2026-03-03T20:00:00Z' });
  for (const code of ['NO_CONSENT', 'NO_CONSENT', 'NOT_IN_AUDIENCE']) await world.refuse({ person: people[5]!, code, at: '2026-03-02T19:00:00Z' });
  const password = await createAnalyst(app.db, LOGIN);
  const url = new URL(app.databaseUrl);
  [url.username, url.password] = [LOGIN, password];
  analyst = new pg.Client({ connectionString: url.href });
  await analyst.connect();
  clock.set(new Date('2026-03-03T00:00:00Z'));
  await app.runner.runUntilIdle();
});
afterAll(async () => {
  await analyst?.end();
  await removeAnalyst(app.db, LOGIN);
  // Roles belong to the whole server: the group keeps its rights in this database until it is dropped with it.
  await app.close();
});

/** The questions of the page, by their titles. */
function questions(): Map<string, string> {
  const page = readFileSync('docs/analyst-views.md', 'utf8');
  return new Map([...page.matchAll(/### (.+)\n\n```sql\n([\s\S]+?)\n```/g)].map(([, title, sql]) => [title!, sql!.replaceAll('CAMPAIGN', world.campaign.id)]));
}

describe('the questions of docs/analyst-views.md', () => {
  const ask = async (title: string) => (await analyst.query(questions().get(title)!)).rows.map((row: Record<string, unknown>) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value])));

  test('answer the same as the API', async () => {
    const { body: results } = await app.api('GET', `/v1/campaigns/${world.campaign.id}/results`);
    const variants = results.steps[0].variants as { key: string; assigned: number; sent: number; delivered: number; opened: Record<string, number>; clicked: Record<string, number> }[];
    expect(await ask('Sent, delivered, opened and clicked by variant')).toEqual(variants.map(({ key, sent, delivered, opened, clicked }) => ({ step_id: 'a', variant: key, sent, delivered, opened_by_people: opened.human, opened_at_most: opened.human! + opened.machine! + opened.unknown!, clicked: clicked.human })));
    expect((await ask('Sent, delivered, opened and clicked by variant'))[0]).toMatchObject({ sent: 3, delivered: 3, opened_by_people: 1, opened_at_most: 3, clicked: 2 });
    expect((await ask('Assigned people by arm, beside the planned share')).map(({ variant, assigned }) => [variant, assigned])).toEqual(variants.map(({ key, assigned }) => [key, assigned]));
    const goals = variants as unknown as { key: string; goals: { key: string; matured: { assigned: number; converted: number; value: number } }[] }[];
    expect(await ask('Conversions by variant, matured people only')).toEqual(goals.map(({ key, goals: [goal] }) => ({ step_id: 'a', variant: key, goal: 'bought', matured: goal!.matured.assigned, converted: goal!.matured.converted, value: goal!.matured.converted > 0 ? goal!.matured.value : null })));
    // Three of A in time; of B one came an hour late.
    expect(goals.map(({ goals: [goal] }) => goal!.matured)).toEqual([{ assigned: 3, converted: 3, value: 3.3 }, { assigned: 2, converted: 0, value: 0 }]);
    expect(await ask('Why people were refused at the entry')).toEqual(results.entry.refusals.map(({ code, count }: { code: string; count: number }) => ({ code, refusals: count })));
    const { body: days } = await world.report('time-series', '?zone=Asia/Seoul&from=2026-03-02T00:00:00Z');
    const sent = (await ask('Messages a day, in Seoul')) as unknown as { sent: number }[];
    expect(sent.map((row) => row.sent)).toEqual(days.items.map((item: { sent: number }) => item.sent).filter((count: number) => count > 0));
    const { body: surveys } = await world.report('surveys');
    expect(await ask('Net Promoter Score')).toEqual([{ answers: 4, nps: surveys.items.find((item: { variant: unknown }) => item.variant === null).nps.score }]);
    const { body: flow } = await world.report('step-flow');
    expect((await ask('Where people are now')).map(({ step_id: step, people }) => [step, people])).toEqual(flow.steps.filter((step: { here: number }) => step.here > 0).map((step: { stepId: string; here: number }) => [step.stepId, step.here]));
  });

  test('are all asked, and every view and column says what it means', async () => {
    expect(questions().size).toBe(7);
    const unsaid = await app.db.query(`
      select c.relname, a.attname from pg_class as c join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0
       where c.relnamespace = 'analytics'::regnamespace and (obj_description(c.oid) is null or col_description(c.oid, a.attnum) is null)`);
    expect(unsaid).toEqual([]);
  });
});

describe('an analyst', () => {
  test('can read every view and no table', async () => {
    const { rows: views } = await analyst.query(`select c.oid::regclass::text as name from pg_class as c where c.relnamespace = 'analytics'::regnamespace`);
    expect(views.length).toBeGreaterThan(19);
    for (const { name } of views as { name: string }[]) await analyst.query(`select * from ${name} limit 1`);
    const { rows: tables } = await analyst.query(`select c.relname as name from pg_class as c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'S', 'm')`);
    expect(tables.length).toBeGreaterThan(80);
    for (const { name } of tables as { name: string }[]) await expect(analyst.query(`select * from public."${name}" limit 1`)).rejects.toMatchObject({ code: '42501' });
  });

  test('finds no address, name, word or attribute of anybody in any view', async () => {
    const { rows: views } = await analyst.query(`select c.relname as name from pg_class as c where c.relnamespace = 'analytics'::regnamespace`);
    for (const { name } of views as { name: string }[]) {
      const { rows } = await analyst.query(`select v::text as text from analytics.${name} as v`);
      expect([name, rows.filter(({ text }: { text: string }) => /secret@|비밀|@example\.com/.test(text))]).toEqual([name, []]);
    }
  });

  test('can write nothing, also after asking to', async () => {
    const attempts = [
      'insert into public.topic (key, name, kind, created_at) values (1, 1, 1, now())', `update analytics.campaign set name = 'x'`, 'delete from analytics.assignment', 'truncate public.person', 'create table public.x (a int)', 'create table analytics.x (a int)',
      'create schema x', 'create view analytics.x as select 1', `alter role ${LOGIN} createrole`, 'create role x', 'drop view analytics.campaign', `select public.record_engagement('[]', '{}', '{}', '{}', '{}', now(), now(), false, false)`, 'select pg_read_file($$/etc/passwd$$)', `copy analytics.campaign to program 'id'`,
    ];
    await analyst.query('set search_path = analytics, public');
    for (const relaxed of [false, true]) {
      await analyst.query(`set default_transaction_read_only = ${relaxed ? 'off' : 'on'}`);
      for (const sql of attempts) await expect(analyst.query(sql).then(() => `${sql}: went through`)).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|25006)$/) });
    }
    await analyst.query('reset all');
  });

  test('begins with limits', async () => {
    const show = async (name: string) => (await analyst.query(`show ${name}`)).rows[0][name];
    expect([await show('statement_timeout'), await show('default_transaction_read_only'), await show('search_path'), await show('idle_in_transaction_session_timeout')]).toEqual(['5min', 'on', 'analytics', '10min']);
  });

  test('has a name that can do no harm, and one of it', async () => {
    for (const name of ['', 'Minji', 'a"; drop table x', 'pg_read_all_data', 'danbi', ANALYSTS, '1a', 'a'.repeat(64)]) expect(() => checkLoginName(name)).toThrow(/small letters/);
    await expect(createAnalyst(app.db, LOGIN)).rejects.toMatchObject({ code: 'analyst.exists' });
    await expect(removeAnalyst(app.db, 'postgres')).rejects.toMatchObject({ code: 'analyst.unknown' });
    await inTransaction(app.db, ensureAnalysts);
  });
});
