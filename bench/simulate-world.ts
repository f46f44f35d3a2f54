import type { DataSource } from 'typeorm';
import { normalise } from '../src/campaigns/domain/normalise.js';
import { planExperiments } from '../src/campaigns/domain/experiments.js';
import { SeriesDefinition } from '../src/contract/campaign.js';
import { compileMessage } from '../src/delivery/content/compile.js';
import { newId } from '../src/kernel/ids.js';
import { rows } from '../src/platform/database/db.js';

const DAY_MS = 86_400_000;
export const DAYS = 90;
/** The period that is simulated. */
export const TO = new Date('2026-03-02T09:00:00Z');
export const FROM = new Date(TO.getTime() - DAYS * DAY_MS);
/** Events of each person in the period, their sign-up included. */
export const EVENTS = 20;

/** People who each sign up once and come back now and then; instants in whole milliseconds, as the service writes them. */
export async function prepare(db: DataSource, people: number): Promise<void> {
  await rows(db, `insert into topic (key, name, kind, created_at) values ('product-updates', 'News', 'marketing', $1) on conflict do nothing`, [FROM]);
  await rows(db, `
    insert into person (id, external_id, kind, email, time_zone, language, attributes, first_seen_at, last_seen_at, created_at, updated_at)
    select gen_random_uuid(), 'u' || n, 'user', 'person' || n || '@example.test', (array['Asia/Seoul', 'Europe/Berlin', null])[1 + n % 3], (array['ko', 'en'])[1 + n % 2],
           jsonb_build_object('plan', (array['trial', 'team'])[1 + n % 2], 'firstName', 'Name ' || n), $2, $2, $2, $2 from generate_series(1, $1::int) as n`, [people, FROM]);
  await rows(db, `create table numbered as select p.id, row_number() over () as n from person as p`);
  for (let first = 0; first < EVENTS; first += 1) {
    await rows(db, `
      insert into event (id, person_id, type, name, properties, occurred_at, received_at, message_id)
      select gen_random_uuid(), x.id, 'track', case when $1::int = 0 then 'Signed Up' when $1::int = $2::int - 1 and x.n % 3 = 0 then 'Project Created' else 'Login' end, '{"plan": "trial"}', t.at, t.at, gen_random_uuid()::text
        from numbered as x cross join lateral (select date_trunc('milliseconds', $3::timestamptz + make_interval(secs => 1 + (x.n * 7919 % (60 * 86400)) + $1::int * (30 * 86400.0 / $2::int) * (0.5 + (x.n % 97) / 194.0))) as at) as t`, [first, EVENTS, FROM]);
  }
  await rows(db, 'vacuum analyze');
}

/** The campaign they go through, as it would be published. */
export async function signUp() {
  const content = (subject: string) => ({ subject, body: '<mj-section><mj-column><mj-text>Hello {{person.firstName}}, welcome.</mj-text><mj-button href="https://example.test">Go</mj-button></mj-column></mj-section>' });
  const mail = (id: string, next: string | null) => ({ id, type: 'message', channel: 'email', variants: [{ key: 'A', content: content(`${id} A`) }, { key: 'B', content: content(`${id} B`) }], next });
  const definition = SeriesDefinition.parse({
    type: 'series', entry: { type: 'event', event: 'Signed Up' }, audience: { type: 'attribute', key: 'plan', op: 'exists' }, start: 'welcome', goals: [{ key: 'active', name: 'Active', exits: true, event: { name: 'Project Created' } }],
    steps: [
      mail('welcome', 'wait'), { id: 'wait', type: 'wait', for: { days: 1 }, until: { time: '09:00' }, next: 'branch' },
      { id: 'branch', type: 'branch', branches: [{ condition: { type: 'event', event: 'Login', within: { days: 7 }, count: { op: 'at_least', value: 2 } }, next: 'tips' }], otherwise: 'help' }, mail('tips', 'until'), mail('help', 'until'),
      { id: 'until', type: 'wait_until', condition: { type: 'event', event: 'Login', count: { op: 'at_least', value: 8 } }, timeout: { days: 14 }, next: 'more', onTimeout: null }, mail('more', null),
    ],
  });
  const plan = normalise(definition);
  const contents = new Map<string, Awaited<ReturnType<typeof compileMessage>>>();
  const byStep: Record<string, Record<string, string>> = {};
  for (const step of Object.values(plan.steps)) {
    if (step.type !== 'message' || step.channel !== 'email') continue;
    byStep[step.id] = {};
    for (const { key, content: written } of step.variants) {
      const id = `${step.id} ${key}`;
      byStep[step.id]![key] = id;
      contents.set(id, await compileMessage('email', written));
    }
  }
  const id = newId();
  const experiments = Object.fromEntries(planExperiments(plan, null, 1, newId).map(({ stepId, experiment }) => [stepId, experiment]));
  return { version: { id, campaignId: id, number: 1, published: { ...plan, contents: byStep, conditions: {}, experiments } }, contents };
}
