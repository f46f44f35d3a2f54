import { ADDRESSEE } from '../../contract/message.js';
import type { Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { loadPeople } from '../../people/people.store.js';
import { refusals } from '../../delivery/preferences/store/reachability.store.js';
import { pacingAnswer } from '../../delivery/rules/pacing-answers.js';
import type { MessageStep } from '../domain/arms.js';
import { autoMessageOf } from '../auto/live-rules.js';
import { QUESTIONS, type Asked } from '../auto/questions.js';
import { lineOf } from '../auto/store/claims.store.js';
import { idsOf } from '../auto/store/displayed.store.js';
import { walkGates, type GateFacts, type Verdict } from '../../kernel/gates.js';
import { pacingAt } from '../domain/published.js';
import { entryFacts } from '../engine/enter.js';
import type { Moment } from '../engine/conditions.js';
import { campaignHalts } from '../engine/halts.js';
import { campaignPlaces } from '../engine/kept-places.js';
import { usableZone } from '../engine/people.js';
import type { CampaignVersion } from '../store/versions.store.js';
import { evaluateTrigger, explained } from './trigger.js';

export interface LiveQuestion {
  version: CampaignVersion;
  campaign: { state: string; createdAt: Date };
  personId: string;
  /** The message asked about; its consent and reachability are looked at. */
  step: MessageStep | null;
  /** The trigger is taken as met at this moment. */
  triggered?: boolean;
}

/** The questions of a claim, all of them, in the same words; the page, and whether it could be rendered, is not known here. */
async function displayGates(db: Db, { version, campaign, personId, timeZone }: Omit<LiveQuestion, 'step'> & { timeZone: string | null }, { now }: Moment): Promise<Verdict[]> {
  const ids = await idsOf(db, personId);
  const asked: Asked = { tx: db, now, workspace: await loadWorkspace(db), version, definition: autoMessageOf(version), campaign, personId, ids, line: await lineOf(db, ids), timeZone, visit: null, claim: null };
  const answers: Partial<GateFacts>[] = [];
  for (const question of QUESTIONS) answers.push(await question(asked));
  const { audience } = version.published;
  const told = audience ? await explained(db, audience, personId, now) : null;
  const { campaign: state } = await campaignHalts(db, { id: version.campaignId, state: campaign.state }, now);
  return walkGates(Object.assign({ now, campaign: state }, ...answers) as GateFacts).map((verdict) =>
    (verdict.gate === 'audience' && told ? { ...verdict, facts: { explained: told }, nextCheckAt: told.nextChangeAt ? new Date(told.nextChangeAt) : null } : verdict));
}

/**
 * What every gate would say to a person at a moment, now or to come, from the data as it is now; gates behind a refusing one are looked at
 * as well.
 */
export async function liveGates(db: Db, { version, campaign, personId, step, triggered }: LiveQuestion, moment: Moment): Promise<Verdict[]> {
  const [person] = await loadPeople(db, [personId]);
  const zone = usableZone(person?.timeZone ?? null, moment.zone);
  if (version.published.entry.type === 'display') return displayGates(db, { version, campaign, personId, timeZone: person?.timeZone ?? null }, moment);
  // The state is judged on its own: a paused campaign's other gates are still worth knowing.
  const facts = (await entryFacts(db, { version, state: 'active' }, { zones: new Map([[personId, zone]]), candidates: [{ personId }] }, moment))({ personId });
  const trigger = triggered ? { met: true, facts: {}, nextAt: null } : await evaluateTrigger(db, { version, personId, zone }, moment.now);
  const reach = step ? { addressee: ADDRESSEE[step.channel], code: (await refusals(db, { personIds: [personId], channel: step.channel, topic: step.topic, now: moment.now })).get(personId) ?? null } : undefined;
  const pacing = step ? await pacingAnswer(db, { personId, campaignId: version.campaignId, stepId: step.id, channel: step.channel, topic: step.topic, ...pacingAt(version.published, step.id) }, campaignPlaces, moment.now) : {};
  const { campaign: state, rate } = await campaignHalts(db, { id: version.campaignId, state: campaign.state }, moment.now);
  const verdicts = walkGates({ ...facts, campaign: state, trigger: { met: trigger.met }, reach, ...pacing, ...(step ? { rate } : {}) });
  const { audience } = version.published;
  const told = audience ? await explained(db, audience, personId, moment.now) : null;
  return verdicts.map((verdict) => {
    if (verdict.gate === 'trigger') return { ...verdict, facts: trigger.facts, nextCheckAt: trigger.nextAt };
    if (verdict.gate === 'audience' && told) return { ...verdict, facts: { explained: told }, nextCheckAt: told.nextChangeAt ? new Date(told.nextChangeAt) : null };
    return verdict;
  });
}
