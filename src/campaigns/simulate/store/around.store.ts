import type { MessageClass } from '../../../contract/pacing.js';
import { addressHash } from '../../../delivery/preferences/domain/address.js';
import type { SeldomFrequency } from '../../../delivery/rules/domain/frequency.js';
import { rows, type Db } from '../../../platform/database/db.js';
import type { ArmHistory } from '../../domain/arm-then.js';
import type { EventRule } from '../../store/events.store.js';
import { lookBackTo, lookingBack } from '../../domain/takes.js';
import { eventsOfRule } from '../../store/events.store.js';
import { armHistories } from '../../store/overrides.store.js';
import type { OtherMessage, PersonState, RealMessage, RuleEvent, SimPerson, Suppressed, Touch } from '../replay/sim-person.js';
import type { SimPlan } from '../replay/sim-plan.js';

type Around = Omit<SimPerson, 'id' | 'states' | 'triggers' | 'moments' | 'counters'>;
const HOUR_MS = 3_600_000;

/** What else is known of people in a span: what they did, what took places with them, blocks of their addresses, sides and arms on record. */
export async function loadAround(db: Db, plan: SimPlan, personIds: readonly string[], states: ReadonlyMap<string, readonly PersonState[]>): Promise<(personId: string) => Around> {
  const events: Map<string, RuleEvent[]>[] = [];
  for (const rule of plan.rules) events.push(await eventsBy(db, rule, personIds, plan));
  const others = plan.asksFrequency ? await othersOf(db, plan, personIds) : new Map<string, OtherMessage[]>();
  const suppressed = await suppressionsOf(db, plan, states);
  const seldom = plan.asksFrequency ? await seldomOf(db, personIds) : new Map<string, SimPerson['seldom']>();
  const sides = plan.holdouts.length > 0 ? await sidesOf(db, plan, personIds) : new Map<string, Map<string, { held: boolean; at: number }>>();
  const assigned = await assignedOf(db, plan, personIds);
  const real = await realOf(db, plan, personIds);
  return (id) => ({
    events: plan.rules.map((_, place) => events[place]!.get(id) ?? []), others: others.get(id) ?? [], suppressed, seldom: seldom.get(id) ?? null,
    sides: sides.get(id) ?? NO_SIDES, assigned: assigned.get(id) ?? NO_ARMS, real: real.get(id) ?? [],
  });
}

const NO_SIDES: SimPerson['sides'] = new Map();
const NO_ARMS: SimPerson['assigned'] = new Map();

function into<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

async function eventsBy(db: Db, rule: EventRule, personIds: readonly string[], { version, from: begin, to, zone }: SimPlan): Promise<Map<string, RuleEvent[]>> {
  const looking = lookingBack(version.published.entry);
  const from = looking ? lookBackTo(looking, new Date(begin)).from : begin;
  const found = new Map<string, RuleEvent[]>();
  for (const { id, personId, occurredAt, receivedAt, key } of await eventsOfRule(db, rule, personIds, { from: new Date(from), to: new Date(to) }, zone)) into(found, personId, { id, occurredAt: occurredAt.getTime(), receivedAt: receivedAt.getTime(), key });
  return found;
}

interface OtherRow extends Omit<OtherMessage, 'keptFrom' | 'sentAt' | 'dueAt' | 'endedAt'> { personId: string; queuedAt: Date; dueAt: Date; goneAt: Date | null; endedAt: Date | null; fallback: boolean; reservedFrom: Date | null }

/** Most hours that a campaign may reserve a place before its launch, and most days that a window of a cap lasts. */
const LONGEST = 92 * 24 * HOUR_MS;

/** Messages of other campaigns: those that went, and those that waited in a class above standard or for a launch that reserves places. */
async function othersOf(db: Db, { version, from, to }: SimPlan, personIds: readonly string[]): Promise<Map<string, OtherMessage[]>> {
  const found = await rows<OtherRow>(db, `
    select d.person_id as "personId", d.id as "deliveryId", d.campaign_id as "campaignId", d.step_id as "stepId", d.channel, d.topic, d.class, coalesce(t.kind = 'transactional', false) as transactional,
           d.queued_at as "queuedAt", d.due_at as "dueAt", case when d.state in ('sent', 'delivered', 'bounced', 'uncertain', 'ghost', 'recalled') then coalesce(d.sent_at, d.settled_at) end as "goneAt", d.settled_at as "endedAt", d.fallback_of is not null as fallback,
           r.reserved_from as "reservedFrom"
      from delivery as d
      left join topic as t on t.key = d.topic
      left join lateral (
        select l.due_at - make_interval(hours => (v.definition #>> '{definition,pacing,reserveHours}')::int) as reserved_from
          from launch as l join campaign_version as v on v.id = l.version_id
         where l.campaign_id = d.campaign_id and v.definition #>> '{definition,pacing,reserveHours}' is not null order by l.due_at limit 1) as r on true
     where d.person_id = any($1::uuid[]) and d.campaign_id <> $2 and d.channel in ('email', 'in_app') and d.queued_at <= $4::timestamptz and coalesce(d.sent_at, d.settled_at, $4::timestamptz) > $3::timestamptz`,
  [personIds, version.campaignId, new Date(from - LONGEST), new Date(to)]);
  const others = new Map<string, OtherMessage[]>();
  for (const { personId, queuedAt, dueAt, goneAt, endedAt, fallback, reservedFrom, ...message } of found) {
    const sentAt = goneAt?.getTime() ?? null;
    const keeps = reservedFrom !== null || ((message.class satisfies MessageClass) !== 'standard' && !fallback);
    into(others, personId, { ...message, keptFrom: keeps ? Math.min(queuedAt.getTime(), reservedFrom?.getTime() ?? Infinity) : null, sentAt, dueAt: dueAt.getTime(), endedAt: sentAt ?? endedAt?.getTime() ?? Infinity });
  }
  return others;
}

/** By hash, of every address these people had in the span; only where the version sends e-mail. */
async function suppressionsOf(db: Db, { version }: SimPlan, states: ReadonlyMap<string, readonly PersonState[]>): Promise<Map<string, Suppressed[]>> {
  const found = new Map<string, Suppressed[]>();
  if (!Object.values(version.published.steps).some((step) => step.type === 'message' && step.channel === 'email')) return found;
  const emails = new Set([...states.values()].flatMap((list) => list.flatMap(({ person }) => person.email ?? [])));
  const hashes = [...emails].flatMap((email) => addressHash(email) ?? []);
  const blocks = await rows<{ hash: string; reason: string; at: Date; until: Date | null }>(db, `select s.address_hash as hash, s.reason, s.at, s.until from suppression as s where s.channel = 'email' and s.address_hash = any($1::text[])`, [hashes]);
  for (const { hash, reason, at, until } of blocks) into(found, hash, { reason, at: at.getTime(), until: until?.getTime() ?? null });
  return found;
}

async function seldomOf(db: Db, personIds: readonly string[]): Promise<Map<string, SimPerson['seldom']>> {
  const found = await rows<{ personId: string; frequency: SeldomFrequency; since: Date }>(db, `
    select r.person_id as "personId", r.email_frequency as frequency, r.updated_at as since from person_preference as r where r.person_id = any($1::uuid[]) and r.email_frequency in ('weekly', 'monthly')`, [personIds]);
  return new Map(found.map(({ personId, frequency, since }) => [personId, { frequency, since: since.getTime() }]));
}

async function sidesOf(db: Db, { holdouts }: SimPlan, personIds: readonly string[]): Promise<Map<string, Map<string, { held: boolean; at: number }>>> {
  const found = await rows<{ holdoutId: string; personId: string; held: boolean; at: Date }>(db, `
    select h.holdout_id as "holdoutId", h.person_id as "personId", h.held, h.at from holdout_person as h where h.person_id = any($2::uuid[]) and h.holdout_id = any($1::uuid[])`, [holdouts.map(({ id }) => id), personIds]);
  const sides = new Map<string, Map<string, { held: boolean; at: number }>>();
  for (const { holdoutId, personId, held, at } of found) sides.set(personId, (sides.get(personId) ?? new Map<string, { held: boolean; at: number }>()).set(holdoutId, { held, at: at.getTime() }));
  return sides;
}

async function assignedOf(db: Db, { version, byHand }: SimPlan, personIds: readonly string[]): Promise<Map<string, Map<string, ArmHistory>>> {
  const tested = [...new Set(Object.values(version.published.experiments).filter(({ arms }) => arms.length > 1).map(({ experimentId }) => experimentId))];
  const histories = new Map<string, Map<string, ArmHistory>>();
  const add = (personId: string, experimentId: string, history: ArmHistory): void => { histories.set(personId, (histories.get(personId) ?? new Map<string, ArmHistory>()).set(experimentId, history)); };
  if (tested.length === 0) return histories;
  for (const { personId, experimentId, ...history } of await armHistories(db, tested, personIds)) add(personId, experimentId, history);
  // What is given on the draft ends what was given on the version before, as publishing does.
  for (const [experimentId, people] of byHand) {
    for (const personId of personIds) {
      const variant = people.get(personId);
      if (variant !== undefined) add(personId, experimentId, { assigned: null, byHand: [{ variant, before: null, since: -Infinity, endedAt: null }] });
    }
  }
  return histories;
}

/** What this campaign really sent in the span, with what people did with it. */
async function realOf(db: Db, { version, from, to }: SimPlan, personIds: readonly string[]): Promise<Map<string, RealMessage[]>> {
  const found = await rows<{ personId: string; stepId: string; sentAt: Date; seenAt: Date | null; kinds: Touch['kind'][]; ats: Date[]; human: boolean[] }>(db, `
    select d.person_id as "personId", d.step_id as "stepId", d.sent_at as "sentAt", i.seen_at as "seenAt",
           v.kinds, v.ats, v.human
      from delivery as d left join in_app_message as i on i.delivery_id = d.id and i.person_id = d.person_id
      cross join lateral (
        select coalesce(array_agg(e.kind order by e.at, e.kind), '{}') as kinds, coalesce(array_agg(e.at order by e.at, e.kind), '{}') as ats, coalesce(array_agg(e.verdict = 'human' order by e.at, e.kind), '{}') as human from delivery_event as e
         where e.delivery_id = d.id and e.person_id = d.person_id and e.kind in ('open', 'click', 'impression', 'reply') and e.verdict <> 'machine') as v
     where d.person_id = any($1::uuid[]) and d.campaign_id = $2 and d.sent_at >= $3::timestamptz and d.sent_at <= $4::timestamptz`, [personIds, version.campaignId, new Date(from), new Date(to)]);
  const real = new Map<string, RealMessage[]>();
  for (const { personId, stepId, sentAt, seenAt, kinds, ats, human } of found) {
    const touches = kinds.map((kind, place): Touch => ({ kind, at: ats[place]!.getTime() }));
    into(real, personId, { stepId, sentAt: sentAt.getTime(), seenAt: seenAt?.getTime() ?? null, touches, reactions: touches.filter((touch, place): touch is Touch & { kind: 'open' | 'click' } => human[place]! && (touch.kind === 'open' || touch.kind === 'click')) });
  }
  return real;
}
