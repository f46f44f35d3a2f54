import type { SegmentNode } from '../contract/segment.js';
import { DERIVED_KEYS } from '../people/domain/derived.js';
import { rows, type Db } from '../platform/database/db.js';
import { compileBoundariesAmong, edgesOf } from './domain/edges.js';
import { readsEngagement, readsOf } from './domain/reads.js';
import { resolveOrThrow, type Resolved } from './domain/resolved.js';
import { workspaceZone } from './store/answers.js';
import { loadNamed } from './store/definitions.js';
import { completeGoals } from './store/goals.js';
import { compileKnown, type PastQuestion } from './store/past-moments.js';

export type { KnownThen, PastQuestion, SupposedMessage } from './store/past-moments.js';

/** A definition as it is asked about the past: with the segments it names as they are defined now. */
export interface PastDefinition {
  tree: Resolved;
  reads: ReadonlySet<string>;
  timeZone: string;
  /** The answer depends on what campaigns did. */
  engagement: boolean;
}

/** Reads the definition once for many questions. Throws `segment.invalid` when it names a segment that was archived. */
export async function readPast(db: Db, definition: SegmentNode): Promise<PastDefinition> {
  const tree = await completeGoals(db, resolveOrThrow(definition, await loadNamed(db, [definition])));
  const reads = readsOf(tree);
  return { tree, reads, timeZone: await workspaceZone(db), engagement: readsEngagement(reads) };
}

/** Questions to a statement. */
const AT_ONCE = 20_000;

/**
 * Whether the definition held for these people, each at a moment of their own, by what was known then; null for people who were
 * not known yet or are gone. In the order asked.
 *
 * @param campaignId of the messages that questions suppose; its recorded ones do not count then
 */
export async function heldThen(db: Db, definition: PastDefinition, questions: readonly PastQuestion[], campaignId: string | null = null): Promise<(boolean | null)[]> {
  const truths = new Array<boolean | null>(questions.length).fill(null);
  const supposing = { campaignId: definition.engagement ? campaignId : null, readsLastSeen: definition.reads.has('attribute:$last_seen_at'), timeZone: definition.timeZone };
  for (const isKnown of [false, true]) {
    const all = questions.flatMap((question, place) => ((question.then !== null) === isKnown ? [{ question, place }] : []));
    for (let first = 0; first < all.length; first += AT_ONCE) {
      const asked = all.slice(first, first + AT_ONCE);
      const { text, values } = compileKnown(definition.tree, asked.map(({ question }) => question), supposing);
      for (const { place, truth } of await rows<{ place: number; truth: boolean }>(db, text, values)) truths[asked[place - 1]!.place] = truth;
    }
  }
  return truths;
}

/** An instant at which the answer for a person can have changed. */
export interface PersonMoment { personId: string; at: Date }

/**
 * Every instant in (after, to] at which the answer for these people can have changed, by a change that was recorded or by the clock
 * alone: between two of them it stays as it is. In no order; some may be named twice.
 */
export async function momentsOfChange(db: Db, { tree, reads }: PastDefinition, personIds: readonly string[], span: { after: Date; to: Date }): Promise<PersonMoment[]> {
  const changed = await changesOf(db, reads, personIds, span);
  const edges = edgesOf(tree);
  if (edges.length === 0 || personIds.length === 0) return changed;
  const { text, values } = compileBoundariesAmong(edges, personIds, span);
  return [...changed, ...(await rows<PersonMoment>(db, text, values))];
}

const BUILT_IN: Record<string, readonly string[]> = { $email: DERIVED_KEYS.email, $time_zone: DERIVED_KEYS.timeZone, $language: DERIVED_KEYS.language, $signed_up_at: DERIVED_KEYS.signedUpAt };

/** The keys under which the history of people keeps what a definition reads. */
function historyKeys(reads: ReadonlySet<string>): string[] {
  return [...reads].flatMap((read) => {
    const [, kind, key] = /^(attribute|tag|list|consent):(.+)$/s.exec(read) ?? [];
    if (kind === undefined) return [];
    return kind === 'attribute' ? BUILT_IN[key!] ?? [key!] : [`$${read}`];
  });
}

const named = (reads: ReadonlySet<string>, kind: string): string[] => [...reads].flatMap((read) => (read.startsWith(`${kind}:`) ? [read.slice(kind.length + 1)] : []));

async function changesOf(db: Db, reads: ReadonlySet<string>, personIds: readonly string[], { after, to }: { after: Date; to: Date }): Promise<PersonMoment[]> {
  if (personIds.length === 0) return [];
  const events = named(reads, 'event');
  const history = historyKeys(reads);
  const segments = named(reads, 'membership');
  const seen = reads.has('attribute:$last_seen_at') || reads.has('attribute:$first_seen_at');
  const within = (at: string): string => `${at} > $2::timestamptz and ${at} <= $3::timestamptz`;
  const bound: unknown[] = [personIds, after, to];
  const bind = (value: unknown, type: string): string => `$${bound.push(value)}::${type}`;
  const parts = [
    ...(seen ? [`select e.person_id, e.received_at as at from event as e where e.person_id = any($1::uuid[]) and ${within('e.received_at')}`]
      : events.length > 0 ? [`select e.person_id, e.received_at as at from event as e where e.person_id = any($1::uuid[]) and e.name = any(${bind(events, 'text[]')}) and ${within('e.received_at')}`] : []),
    ...(history.length > 0 ? [`select h.person_id, h.recorded_at as at from attribute_history as h where h.person_id = any($1::uuid[]) and h.key = any(${bind(history, 'text[]')}) and ${within('h.recorded_at')}`] : []),
    ...(segments.length > 0 ? [`select m.person_id, m.recorded_at as at from membership_change as m where m.person_id = any($1::uuid[]) and m.segment_id = any(${bind(segments, 'uuid[]')}) and ${within('m.recorded_at')}`] : []),
    ...(readsEngagement(reads) ? [
      `select v.person_id, v.at from delivery_event as v where v.person_id = any($1::uuid[]) and ${within('v.at')}`,
      `select d.person_id, coalesce(d.sent_at, d.settled_at) as at from delivery as d where d.person_id = any($1::uuid[]) and ${within('coalesce(d.sent_at, d.settled_at)')}`] : []),
    `select p.id as person_id, p.created_at as at from person as p where p.id = any($1::uuid[]) and ${within('p.created_at')}`,
    `select m.into_id as person_id, m.at from person_merge as m where m.into_id = any($1::uuid[]) and ${within('m.at')}`,
  ];
  return rows<PersonMoment>(db, `select distinct c.person_id as "personId", c.at from (${parts.join('\n union all ')}) as c`, bound);
}
