import type { Goal } from '../../contract/campaign-goals.js';
import type { HoldoutGoal } from '../../contract/holdout.js';
import { HoldoutQuery, type HoldoutItem, type HoldoutReport } from '../../contract/reports/holdouts.js';
import { windowMillis } from '../../kernel/local-time.js';
import { row, rows, type Db } from '../../platform/database/db.js';
import { SqlValues } from '../../segments/domain/sql-values.js';
import { listVersions, type VersionFacts } from '../reads/campaign.read.js';
import { metBy } from '../reads/goal-of.js';
import { outcomeSql } from '../reads/goals.read.js';
import { foundBy } from './domain/found-by-holdout.js';
import { pooledEffect, type PooledEffect, type Stratum } from './domain/pooled-effect.js';
import { periodOf, periodView, workspaceReport, type Asked, type Period } from './report.js';

interface KeptTest { campaignId: string; campaign: string; experimentId: string; stepId: string; external: boolean }

/** Tests of the period that keep somebody back. */
const testsWithControl = (db: Db, { from, to }: Period): Promise<KeptTest[]> => rows(db, `
  select x.id as "experimentId", x.step_id as "stepId", x.origin = 'external' as external, c.id as "campaignId", c.name as campaign
    from experiment as x join campaign as c on c.id = x.campaign_id
   where exists (select from assignment as a where a.campaign_id = c.id and a.experiment_id = x.id and a.is_control and a.assigned_at >= $1::timestamptz and a.assigned_at < $2::timestamptz)
   order by c.created_at, c.id, x.created_at, x.id`, [from, to]);

interface TestQuestion { test: KeptTest; version: VersionFacts; goal: Goal; period: Period; asked: Asked }

/** Matured people of one test: whoever was decided (a delivery of any kind, the ghosts of the control); everybody of an external one. */
async function stratumOf({ test, version, goal, period, asked: { tx, now, timeZone } }: TestQuestion): Promise<Stratum | null> {
  const by = metBy(version, goal);
  if (!by) return null;
  const values = new SqlValues();
  const experiment = values.bind(test.experimentId, 'uuid');
  const decided = test.external ? '' : ` and exists (select from delivery as d where d.person_id = a.person_id and d.experiment_id = a.experiment_id and d.campaign_id = a.campaign_id)`;
  const { outcomes, now: at, length } = outcomeSql({ by, windowMillis: windowMillis(goal.window), now, timeZone }, values);
  return row<Stratum>(tx, `
    with cohort as materialized (
      select a.person_id, a.is_control, a.assigned_at from assignment as a
       where a.experiment_id = ${experiment} and a.source not in ('choice', 'override') and a.assigned_at >= ${values.bind(period.from, 'timestamptz')} and a.assigned_at < ${values.bind(period.to, 'timestamptz')} and a.assigned_at + ${length} <= ${at}${decided}),
    outcome as (${outcomes}),
    counted as (
      select c.is_control, count(*) as people, count(o.person_id) as converted from cohort as c left join outcome as o on o.person_id = c.person_id group by c.is_control)
    select json_build_object('people', coalesce(sum(c.people) filter (where c.is_control), 0), 'converted', coalesce(sum(c.converted) filter (where c.is_control), 0)) as kept,
           json_build_object('people', coalesce(sum(c.people) filter (where not c.is_control), 0), 'converted', coalesce(sum(c.converted) filter (where not c.is_control), 0)) as messaged
      from counted as c`, values.list);
}

const number = (value: number, language: 'en' | 'ko') => Math.round(value).toLocaleString(language);

function sentenceOf({ caused, missing }: PooledEffect): { en: string; ko: string } {
  if (missing === 'people') return { en: 'Too few people on one side to say anything: 100 are needed whose whole window has passed.', ko: '아직 판단할 수 없습니다. 목표 기간이 모두 지난 고객이 양쪽에 100명씩 필요합니다.' };
  if (!caused) return { en: 'Too few conversions to say anything: 10 with and 10 without are needed on each side.', ko: '아직 판단할 수 없습니다. 양쪽 모두 전환한 고객과 전환하지 않은 고객이 10명씩 필요합니다.' };
  const { of, lo, hi } = caused;
  if (lo > 0) return { en: `Of ${number(of, 'en')} conversions among people you messaged, ${number(lo, 'en')} to ${number(hi, 'en')} would not have happened without the message.`, ko: `메시지를 받은 고객의 전환 ${number(of, 'ko')}건 중 ${number(lo, 'ko')}~${number(hi, 'ko')}건은 메시지가 없었다면 일어나지 않았을 것입니다.` };
  if (hi < 0) return { en: `The messages prevented ${number(-hi, 'en')} to ${number(-lo, 'en')} conversions.`, ko: `메시지 때문에 전환 ${number(-hi, 'ko')}~${number(-lo, 'ko')}건을 놓쳤습니다.` };
  return { en: `Whether the messages did anything is open: between ${number(-lo, 'en')} conversions prevented and ${number(hi, 'en')} caused.`, ko: `메시지의 효과는 아직 알 수 없습니다. 놓친 전환 ${number(-lo, 'ko')}건에서 늘어난 전환 ${number(hi, 'ko')}건 사이입니다.` };
}

type Test = HoldoutItem['tests'][number];

/** The same thing counts as the same goal in every campaign: event, filters and window. Conditions are goals of their own version. */
const sameGoal = (goal: Goal, campaignId: string) => JSON.stringify([goal.event ?? [campaignId, goal.key], windowMillis(goal.window)]);

async function testsOf(asked: Asked, period: Period): Promise<Map<string, { goal: Goal; tests: Test[] }>> {
  const byGoal = new Map<string, { goal: Goal; tests: Test[] }>();
  for (const test of await testsWithControl(asked.tx, period)) {
    const version = (await listVersions(asked.tx, test.campaignId)).findLast(({ definition }) => Object.values(definition.experiments).some(({ experimentId }) => experimentId === test.experimentId));
    for (const goal of version?.definition.goals ?? []) {
      const stratum = await stratumOf({ test, version: version!, goal, period, asked });
      if (!stratum) continue;
      const { external: _external, ...place } = test;
      const group = byGoal.get(sameGoal(goal, test.campaignId)) ?? { goal, tests: [] };
      group.tests.push({ ...place, goal: goal.key, ...stratum });
      byGoal.set(sameGoal(goal, test.campaignId), group);
    }
  }
  return byGoal;
}

interface KeptHoldout { id: string; name: string; percent: number; since: Date; endedAt: Date | null; goal: HoldoutGoal }

const holdoutsOf = (db: Db): Promise<KeptHoldout[]> => rows(db, `
  select h.id, h.name, h.basis_points / 100.0::float8 as percent, h.since, h.ended_at as "endedAt", h.goal from holdout as h order by h.since desc, h.id`);

/**
 * Matured people of one holdout to whom the first message of the campaign could have gone when they were considered, which was asked
 * of both sides alike. Whoever was put on a side by hand is in no comparison.
 */
async function sidesOf({ id, goal }: KeptHoldout, period: Period, { tx, now, timeZone }: Asked): Promise<Sides> {
  const values = new SqlValues();
  const by = { event: goal.event.name, where: goal.event.where, valueProperty: null };
  const { outcomes, now: at, length } = outcomeSql({ by, windowMillis: windowMillis(goal.window), now, timeZone }, values);
  return (await row<Sides>(tx, `
    with sided as materialized (
      select h.person_id, h.held, h.at as assigned_at, h.at + ${length} <= ${at} as is_over from holdout_person as h
       where h.holdout_id = ${values.bind(id, 'uuid')} and h.source = 'hash' and h.open and h.at >= ${values.bind(period.from, 'timestamptz')} and h.at < ${values.bind(period.to, 'timestamptz')}),
    cohort as materialized (select s.person_id, s.held, s.assigned_at from sided as s where s.is_over),
    outcome as (${outcomes}),
    counted as (select c.held, count(*) as people, count(o.person_id) as converted from cohort as c left join outcome as o on o.person_id = c.person_id group by c.held)
    select json_build_object('people', coalesce(sum(c.people) filter (where c.held), 0), 'converted', coalesce(sum(c.converted) filter (where c.held), 0)) as kept,
           json_build_object('people', coalesce(sum(c.people) filter (where not c.held), 0), 'converted', coalesce(sum(c.converted) filter (where not c.held), 0)) as messaged,
           (select json_build_object('kept', count(*) filter (where s.held), 'messaged', count(*) filter (where not s.held)) from sided as s) as considered
      from counted as c`, values.list))!;
}

/** Those compared, and all who will be. */
type Sides = Stratum & { considered: { kept: number; messaged: number } };

async function holdoutItem(holdout: KeptHoldout, period: Period, asked: Asked): Promise<HoldoutItem> {
  const { considered, ...sides } = await sidesOf(holdout, period, asked);
  const effect = pooledEffect([sides]);
  const { id, name, percent, since, endedAt, goal } = holdout;
  return {
    kind: 'holdout', holdout: { id, name, percent, since: since.toISOString(), endedAt: endedAt?.toISOString() ?? null }, tests: [],
    goal: { name: goal.event.name, event: goal.event.name, windowSeconds: windowMillis(goal.window) / 1_000 }, ...effect, sentence: sentenceOf(effect),
    detectable: foundBy(sides, considered),
  };
}

async function readHoldouts(asked: Asked, query: { from?: string; to?: string; zone?: string }): Promise<HoldoutReport> {
  const period = periodOf(query, asked);
  const programmes = await holdoutsOf(asked.tx);
  const kept: HoldoutItem[] = [];
  for (const holdout of programmes) kept.push(await holdoutItem(holdout, period, asked));
  const items = [...(await testsOf(asked, period)).values()].map(({ goal, tests }): HoldoutItem => {
    const effect = pooledEffect(tests);
    return { kind: 'control', holdout: null, goal: { name: goal.name, event: goal.event?.name ?? null, windowSeconds: windowMillis(goal.window) / 1_000 }, tests, ...effect, sentence: sentenceOf(effect), detectable: null };
  });
  const held = await row<{ people: number }>(asked.tx, `select count(distinct d.person_id)::int as people from decision as d where d.code = 'HOLDOUT' and d.at >= $1::timestamptz and d.at < $2::timestamptz`, [period.from, period.to]);
  return {
    asOf: asked.now.toISOString(), period: periodView(period), items: [...kept, ...items.toSorted((a, b) => b.messaged.people - a.messaged.people)],
    holdout: { active: programmes.filter(({ endedAt }) => endedAt === null).length, people: held!.people },
  };
}

/** What messages did at all: people who were kept from them against people who were meant to get them. */
export const holdouts = workspaceReport({
  name: 'holdouts',
  query: HoldoutQuery,
  columns: [
    { name: 'kind', type: 'text' }, { name: 'holdout', type: 'text' }, { name: 'goal', type: 'text' }, { name: 'event', type: 'text' }, { name: 'tests', type: 'integer' }, { name: 'kept', type: 'integer' }, { name: 'kept_converted', type: 'integer' },
    { name: 'messaged', type: 'integer' }, { name: 'messaged_converted', type: 'integer' }, { name: 'lift_low', type: 'number' }, { name: 'lift_high', type: 'number' }, { name: 'caused_low', type: 'number' }, { name: 'caused_high', type: 'number' },
    { name: 'detectable_lift', type: 'number' }, { name: 'sentence_en', type: 'text' }, { name: 'sentence_ko', type: 'text' },
  ],
  read: readHoldouts,
  rows: ({ items }) => items.map((item) => ({
    kind: item.kind, holdout: item.holdout?.name ?? null, goal: item.goal.name, event: item.goal.event, tests: item.tests.length, kept: item.kept.people, kept_converted: item.kept.converted, messaged: item.messaged.people, messaged_converted: item.messaged.converted,
    lift_low: item.lift?.lo ?? null, lift_high: item.lift?.hi ?? null, caused_low: item.caused?.lo ?? null, caused_high: item.caused?.hi ?? null, detectable_lift: item.detectable?.lift ?? null, sentence_en: item.sentence.en, sentence_ko: item.sentence.ko,
  })),
});
