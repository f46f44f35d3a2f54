import { ADDRESSEE } from '../../contract/message.js';
import type { SegmentNode } from '../../contract/segment.js';
import { AppError } from '../../kernel/errors.js';
import type { Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { rows } from '../../platform/database/db.js';
import { loadPeople } from '../../people/people.store.js';
import { refusals } from '../../delivery/preferences/store/reachability.store.js';
import { pacingAnswer } from '../../delivery/rules/pacing-answers.js';
import { explainPerson } from '../../segments/segment-questions.js';
import type { MessageStep } from '../domain/arms.js';
import { autoMessageOf } from '../auto/live-rules.js';
import { QUESTIONS, type Asked } from '../auto/questions.js';
import { lineOf } from '../auto/store/claims.store.js';
import { idsOf } from '../auto/store/displayed.store.js';
import { walkGates, type GateFacts, type Verdict } from '../domain/gates.js';
import { dateEntryAt } from '../domain/next-due.js';
import { entryFacts } from '../engine/enter.js';
import type { Moment } from '../engine/conditions.js';
import { usableZone } from '../engine/people.js';
import type { CampaignVersion } from '../store/versions.store.js';

export interface LiveQuestion {
  version: CampaignVersion;
  campaign: { state: string; createdAt: Date };
  personId: string;
  /** The message asked about; its consent and reachability are looked at. */
  step: MessageStep | null;
}

/** The questions of a claim, all of them, in the same words; the page, and whether it could be rendered, is not known here. */
async function displayGates(db: Db, { version, campaign, personId, timeZone }: Omit<LiveQuestion, 'step'> & { timeZone: string | null }, { now }: Moment): Promise<Verdict[]> {
  const ids = await idsOf(db, personId);
  const asked: Asked = { tx: db, now, workspace: await loadWorkspace(db), version, definition: autoMessageOf(version), campaign, personId, ids, line: await lineOf(db, ids), timeZone, visit: null, claim: null };
  const answers: Partial<GateFacts>[] = [];
  for (const question of QUESTIONS) answers.push(await question(asked));
  const { audience } = version.published;
  const told = audience ? await explained(db, audience, personId, now) : null;
  return walkGates(Object.assign({ now, campaign: { state: campaign.state, entering: true } }, ...answers) as GateFacts).map((verdict) =>
    (verdict.gate === 'audience' && told ? { ...verdict, facts: { explained: told }, nextCheckAt: told.nextChangeAt ? new Date(told.nextChangeAt) : null } : verdict));
}

interface Trigger { met: boolean; facts: Record<string, unknown>; nextAt: Date | null }

/** What every gate would say to a person right now, from the data itself; gates behind a refusing one are looked at as well. */
export async function liveGates(db: Db, { version, campaign, personId, step }: LiveQuestion, moment: Moment): Promise<Verdict[]> {
  const [person] = await loadPeople(db, [personId]);
  const zone = usableZone(person?.timeZone ?? null, moment.zone);
  if (version.published.entry.type === 'display') return displayGates(db, { version, campaign, personId, timeZone: person?.timeZone ?? null }, moment);
  // The state is judged on its own: a paused campaign's other gates are still worth knowing.
  const facts = (await entryFacts(db, { version, state: 'active' }, new Map([[personId, zone]]), moment))(personId);
  const trigger = await evaluateTrigger(db, { version, personId, zone }, moment.now);
  const reach = step ? { addressee: ADDRESSEE[step.channel], code: (await refusals(db, { personIds: [personId], channel: step.channel, topic: step.topic, now: moment.now })).get(personId) ?? null } : undefined;
  const pacing = step ? await pacingAnswer(db, { personId, channel: step.channel, topic: step.topic }, moment.now) : {};
  const verdicts = walkGates({ ...facts, campaign: { state: campaign.state, entering: true }, trigger: { met: trigger.met }, reach, ...pacing });
  const { audience } = version.published;
  const told = audience ? await explained(db, audience, personId, moment.now) : null;
  return verdicts.map((verdict) => {
    if (verdict.gate === 'trigger') return { ...verdict, facts: trigger.facts, nextCheckAt: trigger.nextAt };
    if (verdict.gate === 'audience' && told) return { ...verdict, facts: { explained: told }, nextCheckAt: told.nextChangeAt ? new Date(told.nextChangeAt) : null };
    return verdict;
  });
}

/** Whoever is asked about here was never a candidate: the question is what of the trigger is missing, and when it can come. */
async function evaluateTrigger(db: Db, { version, personId, zone }: { version: CampaignVersion; personId: string; zone: string }, now: Date): Promise<Trigger> {
  const { entry } = version.published;
  const launchAt = await pendingLaunch(db, version.campaignId);
  if (entry.type === 'segment' || entry.type === 'launch') {
    const node: SegmentNode | null = entry.segmentId ? { type: 'segment', op: 'in', segmentId: entry.segmentId } : null;
    const told = node ? await explained(db, node, personId, now) : null;
    const inside = node === null || told?.truth === true;
    const changesAt = told?.nextChangeAt ? new Date(told.nextChangeAt) : null;
    return { met: inside && launchAt !== null && launchAt <= now, facts: { entry: entry.type, inside, launchAt, explained: told }, nextAt: inside ? launchAt : changesAt };
  }
  if (entry.type === 'date') {
    const at = await nextDate(db, personId, entry, zone);
    return { met: false, facts: { entry: 'date', attribute: entry.attribute, dueAt: at }, nextAt: at && at > now ? at : null };
  }
  if (entry.type === 'external' || entry.type === 'display') return { met: false, facts: { entry: entry.type }, nextAt: null };
  const told = await explained(db, { type: 'event', event: entry.event, where: entry.where, count: { op: 'at_least', value: 1 } }, personId, now);
  return { met: false, facts: { entry: 'event', event: entry.event, everDone: told?.truth ?? false }, nextAt: null };
}

/** The tree of a condition for one person; null when it names a segment that was archived, and so holds for nobody. */
async function explained(db: Db, condition: SegmentNode, personId: string, now: Date): Promise<Awaited<ReturnType<typeof explainPerson>> | null> {
  try {
    return await explainPerson(db, condition, personId, now);
  } catch (error) {
    if (error instanceof AppError && error.code === 'segment.invalid') return null;
    throw error;
  }
}

async function pendingLaunch(db: Db, campaignId: string): Promise<Date | null> {
  const found = await rows<{ at: Date }>(db, `select l.due_at as at from launch as l where l.campaign_id = $1 and l.state in ('waiting', 'running') order by l.due_at limit 1`, [campaignId]);
  return found[0]?.at ?? null;
}

async function nextDate(db: Db, personId: string, rule: { attribute: string; days: number; time: string }, zone: string): Promise<Date | null> {
  const found = await rows<{ at: Date; text: string | null }>(db, `
    select d.at, coalesce(p.attributes ->> d.key, p.attributes #>> string_to_array(d.key, '.')) as text from person_date as d join person as p on p.id = d.person_id where d.person_id = $1 and d.key = $2`, [personId, rule.attribute]);
  return found[0] ? dateEntryAt(found[0], rule, zone) : null;
}
