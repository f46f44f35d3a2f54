import { armOf, bucketOf } from '../../src/kernel/bucket.js';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import type { TestApp } from './app.js';

export interface PublishedTest { id: string; experimentId: string; salt: string; arms: { key: string; basisPoints: number; isControl: boolean }[] }

/** Publishes a new campaign, and answers it with the experiment of one step. */
export async function publishTest(app: TestApp, definition: object, step = 'message'): Promise<PublishedTest> {
  const made = await app.api('POST', '/v1/campaigns', { name: `Test ${Math.random()}`, definition });
  const published = await app.api('POST', `/v1/campaigns/${made.body.id}/publish`, {});
  if (published.status !== 200) throw new Error(JSON.stringify(published.body));
  return testOf(app, made.body.id, step);
}

/** The experiment of one step of a campaign's newest version. */
export async function testOf(app: TestApp, campaignId: string, step: string): Promise<PublishedTest> {
  const [version] = (await app.api('GET', `/v1/campaigns/${campaignId}/versions`)).body.items;
  const { experiments } = (await app.api('GET', `/v1/campaigns/${campaignId}/versions/${version.number}`)).body;
  return { id: campaignId, experimentId: experiments[step].id, salt: experiments[step].salt, arms: experiments[step].arms };
}

/**
 * Writes new people of whom the hash will draw exactly so many for each arm, as ids of people are random: for tests whose outcome
 * must not be a matter of luck. @returns external ids by arm
 */
export async function drawnPeople<K extends string>(app: TestApp, { salt, arms }: Pick<PublishedTest, 'salt' | 'arms'>, { prefix, now, perArm }: { prefix: string; now: Date; perArm: Record<K, number> }): Promise<Record<K, string[]>> {
  const drawn = Object.fromEntries(Object.keys(perArm).map((key) => [key, []])) as unknown as Record<K, string[]>;
  const ids: string[] = [];
  const wanted = Object.values<number>(perArm).reduce((sum, count) => sum + count, 0);
  while (ids.length < wanted) {
    const id = newId();
    const arm = armOf(arms, bucketOf(salt, id)) as K;
    if (!(drawn[arm]?.length < perArm[arm])) continue;
    drawn[arm].push(`${prefix}-${ids.length}`);
    ids.push(id);
  }
  await rows(app.db, `
    with given as (select u.id, $2 || '-' || (u.place - 1) as name from unnest($1::uuid[]) with ordinality as u (id, place)),
         made as (insert into person (id, external_id, kind, first_seen_at, last_seen_at, created_at, updated_at) select g.id, g.name, 'user', $3, $3, $3, $3 from given as g)
    insert into person_identity (kind, value, person_id, linked_at) select 'user_id', g.name, g.id, $3 from given as g`, [ids, prefix, now]);
  return drawn;
}

/** Makes people with e-mail addresses. @returns their ids by external id, in that order */
export async function makePeople(app: TestApp, prefix: string, count: number, traits: object = {}): Promise<string[]> {
  const batch = Array.from({ length: count }, (_, index) => ({ type: 'identify', userId: `${prefix}-${index}`, traits: { email: `${prefix}-${index}@example.org`, ...traits } }));
  await fetch(`${app.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ writeKey: app.writeKey, batch }) });
  await app.runner.runUntilIdle();
  const found = await rows<{ id: string }>(app.db, `select p.id from person as p where p.external_id like $1 order by length(p.external_id), p.external_id`, [`${prefix}-%`]);
  if (found.length !== count) throw new Error(`${found.length} people instead of ${count}`);
  return found.map(({ id }) => id);
}

/** Who is in the share that gets the arms, by recomputing the hash. @param share basis points */
export const inShare = ({ salt }: Pick<PublishedTest, 'salt'>, share: number, people: readonly string[]): string[] => people.filter((id) => bucketOf(`${salt}:share`, id) < share);

/** What a look at the experiment found, as analytics keeps it; none follows. */
export async function writeVerdict(app: TestApp, { id, experimentId }: PublishedTest, found: { state: string; winner?: string; harmed?: string[] }): Promise<void> {
  await rows(app.db, `
    insert into experiment_verdict (experiment_id, campaign_id, memory, harm, state, winner, quiet_since)
    values ($1, $2, '{}', $3::jsonb, $4, $5, now())
    on conflict (experiment_id) do update set harm = excluded.harm, state = excluded.state, winner = excluded.winner, due_at = null`,
  [experimentId, id, JSON.stringify({ unsubscribed: (found.harmed ?? []).map((arm) => ({ arm, against: 'other', since: '2026-01-01T00:00:00.000Z', lift: null })) }), found.state, found.winner ?? null]);
}

/** Everybody's arm as stored. */
export function armsOf(app: TestApp, { experimentId }: Pick<PublishedTest, 'experimentId'>): Promise<{ personId: string; variant: string; source: string; isControl: boolean }[]> {
  return rows(app.db, `select a.person_id as "personId", a.variant, a.source, a.is_control as "isControl" from assignment as a where a.experiment_id = $1 order by a.person_id`, [experimentId]);
}
