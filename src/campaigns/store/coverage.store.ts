import type { SegmentNode } from '../../contract/segment.js';
import type { CoveredMessage, CoveredPerson, CoverageGroup } from '../../delivery/content/coverage.js';
import { exists, row, rows, type Db } from '../../platform/database/db.js';

/** What a run looks at: fixed when it begins, so that later edits do not mix in. */
export interface CoveragePlan {
  messages: CoveredMessage[];
  segmentId: string | null;
  audience: SegmentNode | null;
  /** Name of the event that lets people in. */
  event: string | null;
  subjectLength: number;
}

export interface CoverageRun {
  id: string;
  campaignId: string;
  revision: number;
  state: 'running' | 'done' | 'cancelled';
  /** People looked through, and how many there are to look through. */
  scanned: number;
  total: number;
  /** Those of them whom the campaign means. */
  people: number;
  createdAt: Date;
  updatedAt: Date;
}

const COLUMNS = `r.id, r.campaign_id as "campaignId", r.revision, r.state, r.scanned, r.total, r.people, r.created_at as "createdAt", r.updated_at as "updatedAt"`;

/** Begins a run; it takes the place of the campaign's last one. */
export async function beginRun(tx: Db, run: { id: string; campaignId: string; revision: number; plan: CoveragePlan; total: number; by: string; now: Date }): Promise<void> {
  await rows(tx, 'delete from coverage_run as r where r.campaign_id = $1', [run.campaignId]);
  await rows(tx, `
    insert into coverage_run (id, campaign_id, revision, state, plan, total, created_by, created_at, updated_at)
    values ($1, $2, $3, 'running', $4::jsonb, $5, $6, $7::timestamptz, $7::timestamptz)`, [run.id, run.campaignId, run.revision, JSON.stringify(run.plan), run.total, run.by, run.now]);
}

export function lastRun(db: Db, campaignId: string): Promise<CoverageRun | null> {
  return row(db, `select ${COLUMNS} from coverage_run as r where r.campaign_id = $1`, [campaignId]);
}

/** False when it is not running. */
export async function cancelRun(tx: Db, campaignId: string, now: Date): Promise<boolean> {
  return (await rows(tx, `update coverage_run as r set state = 'cancelled', updated_at = $2::timestamptz where r.campaign_id = $1 and r.state = 'running' returning r.id`, [campaignId, now])).length > 0;
}

/** Whether a run has work; another process may be at it. */
export const hasRun = (db: Db): Promise<boolean> => exists(db, `select from coverage_run as r where r.state = 'running'`);

/** The next run with work, locked until its page is written: a process that dies leaves it where it was. */
export function takeRun(tx: Db): Promise<{ id: string; cursor: string | null } | null> {
  return row(tx, `select r.id, r.cursor from coverage_run as r where r.state = 'running' order by r.updated_at, r.id limit 1 for update skip locked`);
}

export async function planOf(db: Db, runId: string): Promise<CoveragePlan> {
  return (await row<{ plan: CoveragePlan }>(db, 'select r.plan from coverage_run as r where r.id = $1', [runId]))!.plan;
}

/** A page of everybody in order of id. */
export async function everybodyPage(db: Db, after: string | null, limit: number): Promise<string[]> {
  return (await rows<{ id: string }>(db, 'select p.id from person as p where $1::uuid is null or p.id > $1::uuid order by p.id limit $2', [after, limit])).map(({ id }) => id);
}

/** How many people a run looks through. */
export async function countSource(db: Db, segmentId: string | null): Promise<number> {
  const sql = segmentId === null ? 'select count(*)::int as n from person as p where $1::uuid is null' : 'select count(*)::int as n from segment_member as m where m.segment_id = $1::uuid';
  return (await row<{ n: number }>(db, sql, [segmentId]))!.n;
}

/** These people as templates see them, each with the properties of the newest event of this name. */
export function coveredPeople(db: Db, ids: readonly string[], event: string | null): Promise<CoveredPerson[]> {
  return rows(db, `
    select p.id, p.external_id as "externalId", p.email, p.time_zone as "timeZone", p.language, p.attributes, newest.properties as event
      from person as p
      left join lateral (select e.properties from event as e where e.person_id = p.id and e.name = $2 order by e.occurred_at desc limit 1) as newest on $2::text is not null
     where p.id = any($1::uuid[]) order by p.id`, [ids, event]);
}

/** Of each group so many people are kept by name; all are counted. */
const KEPT = 10_000;

/** Adds what one page brought and moves the run on, in one transaction. */
export async function recordPage(tx: Db, runId: string, page: { groups: readonly CoverageGroup[]; scanned: number; people: number; cursor: string | null; isLast: boolean; now: Date }): Promise<void> {
  if (page.groups.length > 0) {
    const found = await rows<{ id: string; before: number; place: number }>(tx, `
      with given as (select * from jsonb_to_recordset($2::jsonb) as g ("place" int, "kind" text, "stepId" text, "variant" text, "language" text, "part" text, "subject" text, "count" int)),
      kept as (
        insert into coverage_group as c (run_id, kind, step_id, variant, language, part, subject, people)
        select $1::uuid, g."kind", g."stepId", g."variant", g."language", g."part", g."subject", g."count" from given as g
        on conflict (run_id, kind, step_id, variant, language, part, subject) do update set people = c.people + excluded.people
        returning c.*)
      select k.id::text as id, g."place" as place, (k.people - g."count")::int as before from kept as k
        join given as g on (g."kind", g."stepId", g."variant", g."language", g."part", g."subject") = (k.kind, k.step_id, k.variant, k.language, k.part, k.subject)`,
      [runId, JSON.stringify(page.groups.map(({ people, ...group }, place) => ({ ...group, place, count: people.length })))]);
    const named = found.flatMap(({ id, before, place }) => page.groups[place]!.people.slice(0, Math.max(0, KEPT - before)).map((person) => ({ group: id, person })));
    await rows(tx, 'insert into coverage_person (group_id, person_id) select n."group", n."person" from jsonb_to_recordset($1::jsonb) as n ("group" bigint, "person" uuid) on conflict do nothing', [JSON.stringify(named)]);
  }
  await rows(tx, `
    update coverage_run as r set scanned = r.scanned + $2, people = r.people + $3, cursor = coalesce($4::uuid, r.cursor), state = case when $5 then 'done' else r.state end, updated_at = $6::timestamptz
     where r.id = $1::uuid and r.state = 'running'`, [runId, page.scanned, page.people, page.cursor, page.isLast, page.now]);
}

export interface CountedGroup { id: string; kind: string; stepId: string; variant: string; language: string; part: string; subject: string; people: number }

/** What was found, the most people first. */
export function groupsOf(db: Db, runId: string): Promise<CountedGroup[]> {
  return rows(db, `
    select c.id::text as id, c.kind, c.step_id as "stepId", c.variant, c.language, c.part, c.subject, c.people from coverage_group as c
     where c.run_id = $1 order by c.people desc, c.id limit 1000`, [runId]);
}

/** People of one group in order of id, when the group is one of this campaign's. */
export function peopleOf(db: Db, campaignId: string, groupId: string, after: string | null, limit: number): Promise<{ id: string; externalId: string | null; email: string | null }[]> {
  return rows(db, `
    select p.id, p.external_id as "externalId", p.email from coverage_person as n
      join coverage_group as c on c.id = n.group_id join coverage_run as r on r.id = c.run_id join person as p on p.id = n.person_id
     where r.campaign_id = $1 and c.id = $2::bigint and ($3::uuid is null or n.person_id > $3::uuid) order by n.person_id limit $4`, [campaignId, groupId, after, limit]);
}
