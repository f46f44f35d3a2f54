import { rows, type Db } from '../../../platform/database/db.js';
import type { Rates, SimPlan, TimedSteering } from '../replay/sim-plan.js';

export async function topicsOf(db: Db): Promise<SimPlan['topics']> {
  const found = await rows<{ key: string; transactional: boolean; optIn: boolean }>(db, `select t.key, t.kind = 'transactional' as transactional, t.opt_in as "optIn" from topic as t`);
  return new Map(found.map(({ key, ...topic }) => [key, topic]));
}

/** Holdouts that were in force at some time since a moment, the oldest first. */
export async function holdoutsSince(db: Db, from: Date): Promise<SimPlan['holdouts']> {
  const found = await rows<Omit<SimPlan['holdouts'][number], 'since' | 'endedAt'> & { since: Date; endedAt: Date | null }>(db, `
    select h.id, h.name, h.basis_points as "basisPoints", h.salt, h.campaign_ids as "campaignIds", h.except_ids as "exceptIds", h.since, h.ended_at as "endedAt"
      from holdout as h where h.ended_at is null or h.ended_at > $1::timestamptz order by h.since, h.id`, [from]);
  return found.map((holdout) => ({ ...holdout, since: holdout.since.getTime(), endedAt: holdout.endedAt?.getTime() ?? null }));
}

/** What was decided about new people of these experiments, with when. */
export async function steeringSince(db: Db, experimentIds: readonly string[]): Promise<Map<string, TimedSteering>> {
  const choices = await rows<{ experimentId: string; variant: string; keep: number; since: Date; endedAt: Date | null }>(db, `
    select c.experiment_id as "experimentId", c.variant, c.keep, c.since, c.ended_at as "endedAt" from experiment_choice as c where c.experiment_id = any($1::uuid[]) order by c.since`, [experimentIds]);
  const drops = await rows<{ experimentId: string; variant: string; at: Date }>(db, `select d.experiment_id as "experimentId", d.variant, d.at from experiment_drop as d where d.experiment_id = any($1::uuid[]) order by d.at, d.variant`, [experimentIds]);
  return new Map(experimentIds.map((id) => [id, {
    choices: choices.filter(({ experimentId }) => experimentId === id).map(({ variant, keep, since, endedAt }) => ({ variant, keep, since: since.getTime(), endedAt: endedAt?.getTime() ?? null })),
    drops: drops.filter(({ experimentId }) => experimentId === id).map(({ variant, at }) => ({ variant, at: at.getTime() })),
  }]));
}

/** How people reacted to what was really sent in the span, by channel: distinct messages with a human reaction, of those sent. */
export async function observedRates(db: Db, from: Date, to: Date): Promise<Map<string, Rates>> {
  const found = await rows<{ channel: string } & Rates>(db, `
    select d.channel, avg((r.kinds @> '{open}')::int)::float8 as open, avg((r.kinds @> '{click}')::int)::float8 as click, avg((r.kinds && '{unsubscribe,complaint}')::int)::float8 as unsubscribe,
           avg((i.seen_at is not null)::int)::float8 as seen
      from delivery as d
      left join in_app_message as i on i.delivery_id = d.id and i.person_id = d.person_id
      cross join lateral (select coalesce(array_agg(distinct v.kind), '{}') as kinds from delivery_event as v where v.delivery_id = d.id and v.person_id = d.person_id and (v.verdict = 'human' or v.kind in ('unsubscribe', 'complaint'))) as r
     where d.channel in ('email', 'in_app') and d.state in ('sent', 'delivered') and not d.is_control and d.sent_at >= $1::timestamptz and d.sent_at <= $2::timestamptz
     group by d.channel`, [from, to]);
  return new Map(found.map(({ channel, ...rates }) => [channel, rates]));
}
