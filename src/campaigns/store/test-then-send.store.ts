import { newId } from '../../kernel/ids.js';
import type { Duration } from '../../kernel/local-time.js';
import { row, rows, type Db } from '../../platform/database/db.js';

export type TestState = 'testing' | 'waiting' | 'held' | 'decided' | 'cancelled';

/** A broadcast that goes to a share first, and to the rest in the arm that was in front. */
export interface TestThenSend {
  experimentId: string;
  campaignId: string;
  testLaunchId: string;
  restLaunchId: string;
  /** Basis points. */
  share: number;
  wait: Duration;
  state: TestState;
  /** Why it is held: every arm that could be sent does harm, or control won. */
  because: 'guardrail' | 'control' | null;
  testPeople: number;
  restPeople: number;
  beganAt: Date;
  sentAt: Date | null;
  decideAt: Date | null;
  decidedAt: Date | null;
}

const TEST = `t.experiment_id as "experimentId", t.campaign_id as "campaignId", t.test_launch_id as "testLaunchId", t.rest_launch_id as "restLaunchId", t.share, t.wait, t.state, t.because,
  t.test_people as "testPeople", t.rest_people as "restPeople", t.began_at as "beganAt", t.sent_at as "sentAt", t.decide_at as "decideAt", t.decided_at as "decidedAt"`;
/** States in which the rest has neither been sent to nor given up. */
const UNDECIDED = `('testing', 'waiting', 'held')`;

/** Begins with the launch of the test. */
export async function beginTest(tx: Db, test: { experimentId: string; campaignId: string; launchId: string; share: number; wait: Duration }, now: Date): Promise<void> {
  await rows(tx, `
    insert into test_then_send (experiment_id, campaign_id, test_launch_id, rest_launch_id, share, wait, state, began_at)
    values ($1, $2, $3, $4, $5, $6::jsonb, 'testing', $7::timestamptz)`, [test.experimentId, test.campaignId, test.launchId, newId(), test.share, JSON.stringify(test.wait), now]);
}

export function findTest(db: Db, by: { campaignId: string } | { experimentId: string }): Promise<TestThenSend | null> {
  const [column, id] = 'campaignId' in by ? ['campaign_id', by.campaignId] : ['experiment_id', by.experimentId];
  return row(db, `select ${TEST} from test_then_send as t where t.${column} = $1`, [id]);
}

/** Takes it for this transaction when it is undecided; null when it is not, or another process has it. Lock the campaign first. */
export function takeTest(tx: Db, experimentId: string): Promise<TestThenSend | null> {
  return row(tx, `select ${TEST} from test_then_send as t where t.experiment_id = $1 and t.state in ${UNDECIDED} for update skip locked`, [experimentId]);
}

/** The same, but waits for another process that has it. */
export function lockTest(tx: Db, experimentId: string): Promise<TestThenSend | null> {
  return row(tx, `select ${TEST} from test_then_send as t where t.experiment_id = $1 and t.state in ${UNDECIDED} for update`, [experimentId]);
}

/** Freezes those of a page who are not of the test, and counts both. */
export async function freezeRest(tx: Db, test: Pick<TestThenSend, 'experimentId' | 'restLaunchId'>, people: { inTest: number; rest: readonly string[] }): Promise<void> {
  if (people.rest.length > 0) await rows(tx, 'insert into launch_person (launch_id, person_id) select $1, r.id from unnest($2::uuid[]) as r (id)', [test.restLaunchId, people.rest]);
  await rows(tx, 'update test_then_send as t set test_people = t.test_people + $2, rest_people = t.rest_people + $3 where t.experiment_id = $1', [test.experimentId, people.inTest, people.rest.length]);
}

/** The next frozen people; they are of the launch no more. Who has become part of somebody else since is that person. */
export async function takeFrozen(tx: Db, launchId: string, limit: number): Promise<string[]> {
  const taken = await rows<{ id: string }>(tx, `
    with taken as (
      delete from launch_person as f using (
        select p.person_id from launch_person as p where p.launch_id = $1 order by p.person_id limit $2) as next
       where f.launch_id = $1 and f.person_id = next.person_id
      returning f.person_id)
    select coalesce(m.into_id, t.person_id) as id from taken as t left join person_merge as m on m.from_id = t.person_id order by t.person_id`, [launchId, limit]);
  return taken.map(({ id }) => id);
}

/** How many frozen people have not been taken. */
export async function countFrozen(db: Db, launchId: string): Promise<number> {
  return (await row<{ count: number }>(db, 'select count(*)::int as count from launch_person as f where f.launch_id = $1', [launchId]))!.count;
}

/** What the launch of the test has come to. */
export interface TestProgress {
  launchState: 'waiting' | 'running' | 'done' | 'cancelled';
  /** Somebody is still on the way to the message, or it is still to be sent to somebody. */
  isSending: boolean;
  /** When the last message of the test left, or was given up. */
  sentAt: Date;
  versionId: string;
  segmentId: string | null;
}

/** E-mails for messages that nobody sees come later by intent and are not waited for: they are at a step of their own. */
export async function testProgress(db: Db, { testLaunchId }: Pick<TestThenSend, 'testLaunchId'>, stepId: string): Promise<TestProgress> {
  return (await row<TestProgress>(db, `
    select l.state as "launchState", l.version_id as "versionId", l.segment_id as "segmentId",
           exists (select from enrollment as e where e.version_id = l.version_id and e.state = 'active')
             or exists (select from delivery as d where d.campaign_id = l.campaign_id and d.version_id = l.version_id and d.step_id = $2 and d.state in ('queued', 'sending')) as "isSending",
           greatest(l.finished_at, (select max(coalesce(d.sent_at, d.settled_at)) from delivery as d where d.campaign_id = l.campaign_id and d.version_id = l.version_id and d.step_id = $2)) as "sentAt"
      from launch as l where l.id = $1`, [testLaunchId, stepId]))!;
}

/** The share has been sent: the wait begins. */
export async function beginWait(tx: Db, experimentId: string, { sentAt, decideAt }: { sentAt: Date; decideAt: Date }): Promise<void> {
  await rows(tx, `update test_then_send as t set state = 'waiting', sent_at = $2::timestamptz, decide_at = $3::timestamptz where t.experiment_id = $1 and t.state = 'testing'`, [experimentId, sentAt, decideAt]);
}

/** The rest waits for a person. */
export async function holdRest(tx: Db, experimentId: string, because: NonNullable<TestThenSend['because']>): Promise<void> {
  await rows(tx, `update test_then_send as t set state = 'held', because = $2 where t.experiment_id = $1 and t.state = 'waiting'`, [experimentId, because]);
}

/** Plans the launch of the rest at once; the choice of its arm must stand. Wake `campaigns.launch` after commit. */
export async function sendRest(tx: Db, test: TestThenSend, now: Date): Promise<void> {
  await rows(tx, `update test_then_send as t set state = 'decided', because = null, decided_at = $2::timestamptz where t.experiment_id = $1`, [test.experimentId, now]);
  await rows(tx, `
    insert into launch (id, campaign_id, version_id, segment_id, due_at, state, part)
    select $2, l.campaign_id, l.version_id, l.segment_id, $3::timestamptz, 'waiting', 'rest' from launch as l where l.id = $1`, [test.testLaunchId, test.restLaunchId, now]);
}

/** The rest gets nothing: the campaign ended. */
export async function cancelTest(tx: Db, campaignId: string, now: Date): Promise<void> {
  await rows(tx, `update test_then_send as t set state = 'cancelled', decided_at = $2::timestamptz where t.campaign_id = $1 and t.state in ${UNDECIDED}`, [campaignId, now]);
}

/** The test that somebody is frozen for the rest of; null when they are not. */
export function frozenFor(db: Db, campaignId: string, personId: string): Promise<Pick<TestThenSend, 'state' | 'decideAt'> | null> {
  return row(db, `
    select t.state, t.decide_at as "decideAt" from test_then_send as t
      join launch_person as f on f.launch_id = t.rest_launch_id and f.person_id = $2 where t.campaign_id = $1`, [campaignId, personId]);
}
