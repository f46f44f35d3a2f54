import { rows, type Db } from '../../platform/database/db.js';
import type { Counted } from '../domain/compare.js';

/** People with ids in (after, upTo]: a slice of a campaign that is recounted. */
export interface PeopleRange { after: string; upTo: string }
export const EVERYBODY: PeopleRange = { after: '00000000-0000-0000-0000-000000000000', upTo: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };
const within = (alias: string) => `${alias}.campaign_id = $1::uuid and ${alias}.person_id > $2::uuid and ${alias}.person_id <= $3::uuid`;

/** Quarters of an hour by counting seconds; cells are bucketed by another way to say the same. */
const quarter = (instant: string) => `to_timestamp(floor(extract(epoch from ${instant}) / 900) * 900)`;

type Names = Partial<Record<keyof Counted, string>>;
/** A question that counts rows by everything it names. */
function counting(names: Names, from: string, count = 'count(*)'): string {
  const named = Object.entries(names).map(([name, sql]) => `${sql} as "${name}"`);
  return `select ${[...named, `${count}::int as count`].join(', ')} from ${from} group by ${named.map((_, index) => index + 1).join(', ')}`;
}

const STEP: Names = { versionId: 'd.version_id', stepId: 'd.step_id' };
const MESSAGE: Names = { ...STEP, experimentId: 'd.experiment_id', variant: 'd.variant', channel: 'd.channel', language: `coalesce(d.language, '')` };

/** The language of a run's message at a step: of its first delivery there. */
const LANGUAGE_THERE = `coalesce((select l.language from delivery as l where l.person_id = d.person_id and l.campaign_id = d.campaign_id and l.version_id = d.version_id and l.step_id = d.step_id and l.enrollment_id = d.enrollment_id
      order by l.queued_at, l.id limit 1), '')`;
const IS_SENT = `d.state in ('sent', 'delivered', 'bounced')`;

/** What a delivery was answered by, each kind once, under its best evidence: human before unknown before machine. */
const ANSWERED = `(
    select d.version_id, d.step_id, d.experiment_id, d.variant, d.channel, d.language, e.kind, min(e.at) as at,
           case when bool_or(e.verdict = 'human') then 'human' when bool_or(e.verdict = 'unknown') then 'unknown' else 'machine' end as verdict
      from delivery as d join delivery_event as e on e.person_id = d.person_id and e.delivery_id = d.id
     where ${within('d')} and not d.is_control group by d.id, d.person_id, e.kind) as d`;

const QUESTIONS = [
  counting({ measure: `'run'`, versionId: 'd.version_id', detail: 'd.state' }, `enrollment as d where ${within('d')}`),
  counting({ measure: `'entered'`, versionId: 'd.version_id', bucket: quarter('d.entered_at') }, `enrollment as d where ${within('d')}`),
  counting({ measure: `'visit'`, ...STEP, language: LANGUAGE_THERE }, `step_visit as d where ${within('d')}`),
  counting({ measure: `'waiting'`, ...STEP, language: LANGUAGE_THERE }, `step_visit as d where ${within('d')} and d.left_at is null`),
  // Somebody refused twice counts twice.
  counting({ measure: `'refused_entry'`, versionId: 'd.version_id', detail: 'd.code' }, `decision as d where ${within('d')} and d.stage = 'entry'`),
  // Runs that arrived at a message and got no delivery: refused by a gate there, or ended while they stood there.
  counting({ measure: `'refused_step'`, ...STEP, language: `''`, detail: 'd.code' }, `decision as d
     where ${within('d')} and d.stage in ('step', 'exit') and d.next_check_at is null
       and not exists (select from delivery as s where s.enrollment_id = d.enrollment_id and s.step_id = d.step_id)
       and exists (select from step_visit as v where v.enrollment_id = d.enrollment_id and v.person_id = d.person_id and v.step_id = d.step_id)`, 'count(distinct d.enrollment_id)'),
  counting({ measure: `'delivery'`, ...MESSAGE, detail: `case when d.state = 'sending' then 'queued' else d.state end`, further: 'd.reason' }, `delivery as d where ${within('d')}`),
  counting({ measure: `'sent'`, ...MESSAGE, bucket: quarter('coalesce(d.sent_at, d.settled_at)') }, `delivery as d where ${within('d')} and ${IS_SENT} and coalesce(d.sent_at, d.settled_at) is not null`),
  // People who got a message, once however many came: an accepted e-mail that did not bounce, or an in-app message that was rendered.
  counting({ measure: `'reached'`, ...MESSAGE }, `(
    select r.version_id, r.step_id, r.variant, (array_agg(r.experiment_id order by r.queued_at, r.id))[1] as experiment_id, (array_agg(r.channel order by r.queued_at, r.id))[1] as channel, (array_agg(r.language order by r.queued_at, r.id))[1] as language
      from delivery as r where ${within('r')} and not r.is_control and (r.state = 'delivered' or (r.channel = 'email' and r.state = 'sent')) group by r.person_id, r.version_id, r.step_id, r.variant) as d`),
  // Addresses that are gone for good; a bounce of which no kind was told is one.
  counting({ measure: `'bounce'`, ...MESSAGE, detail: `'hard'` }, `delivery as d join delivery_event as e on e.delivery_id = d.id and e.person_id = d.person_id and e.kind = 'bounce' and coalesce(e.data ->> 'kind', 'hard') = 'hard'
     where ${within('d')} and d.state = 'bounced'`, 'count(distinct d.id)'),
  counting({ measure: `'reaction'`, ...MESSAGE, detail: 'd.kind', further: 'd.verdict' }, ANSWERED),
  counting({ measure: `'reaction'`, ...MESSAGE, detail: 'd.kind', further: 'd.verdict', bucket: quarter('d.at') }, ANSWERED),
];

/** Everything that steps, gates and messages of these people say, by the names of the cells that hold it. */
export async function ledgerNumbers(db: Db, campaignId: string, { after, upTo }: PeopleRange): Promise<Counted[]> {
  const found: Counted[] = [];
  for (const question of QUESTIONS) found.push(...(await rows<Counted>(db, question, [campaignId, after, upTo])));
  return found;
}
