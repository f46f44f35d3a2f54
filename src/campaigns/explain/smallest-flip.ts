import { ADDRESSEE } from '../../contract/message.js';
import type { SegmentNode } from '../../contract/segment.js';
import { judgeReach, type ReachFacts } from '../../delivery/preferences/domain/reach.js';
import { reachFacts } from '../../delivery/preferences/store/reachability.store.js';
import type { Winner } from '../../delivery/rules/domain/caps.js';
import { AppError } from '../../kernel/errors.js';
import { isDeferral, type Verdict } from '../../kernel/gates.js';
import type { Db } from '../../platform/database/db.js';
import { isSameFact, type Change } from '../../segments/domain/flips/change.js';
import { clausesOf, oftener } from '../../segments/domain/flips/words.js';
import { labelOf, type Names } from '../../segments/domain/wording/words.js';
import { smallestFlip } from '../../segments/flip-questions.js';
import { loadNames } from '../../segments/store/references.js';
import type { MessageStep } from '../domain/arms.js';
import { blockedBy, type Blocked, type FlipChange } from '../domain/flip.js';
import type { Sentence } from '../domain/sentences.js';
import { findCampaign } from '../store/campaigns.store.js';
import type { CampaignVersion } from '../store/versions.store.js';
import { missingTrigger } from './missing-trigger.js';

export interface FlipQuestion {
  version: CampaignVersion;
  personId: string;
  step: MessageStep | null;
  /** What is known of the person then; for a past moment, nothing later. */
  at: Date;
  /** What the gates said, deferrals included. */
  verdicts: readonly Verdict[];
  /** The reach of a past moment, where it is not that of now. */
  reach?: ReachFacts | null;
  /** The trigger was met then: what it takes is not asked about. */
  triggered?: boolean;
}

/** What was found, before it is said. `isComplete`: with these changes every gate is open but those that only put off. */
export interface Found { changes: FlipChange[]; clauses: Sentence[]; blocked: Blocked[]; isComplete: boolean }

const NONE: Found = { changes: [], clauses: [], blocked: [], isComplete: true };
const CONDITIONS: readonly Verdict['gate'][] = ['audience', 'exit'];

/**
 * The fewest changes for which every gate that refuses would let the person pass. Conditions of the trigger, the audience, goals and exit rules are one question to
 * the compiler of segments, over the person so changed; consent, address and blocks are asked of their own judge again and again.
 */
export async function smallestChange(db: Db, question: FlipQuestion): Promise<Found> {
  const refusing = question.verdicts.filter(({ passed, code }) => passed === false && !(code && isDeferral(code)));
  const blocked = refusing.flatMap((verdict) => unmovable(verdict, question));
  const trigger = question.triggered || !refusing.some(({ gate }) => gate === 'trigger') ? null : await missingTrigger(db, question);
  if (trigger?.blocked) blocked.push(trigger.blocked);
  if (blocked.length > 0) return { ...NONE, blocked, isComplete: false };
  const campaign = refusing.some(({ gate }) => gate === 'campaign') ? campaignChange(question.verdicts) : NONE;
  const node = conditionsOf(question, trigger?.within ?? null);
  const names = node ? await loadNames(db, [node, ...(trigger?.events ?? [])]) : await loadNames(db, trigger?.events ?? []);
  const given = trigger?.changes.filter((change): change is Change => change.kind === 'event' || change.kind === 'attribute') ?? [];
  const data = node && (trigger || refusing.some(({ gate }) => CONDITIONS.includes(gate))) ? await conditionsFlip(db, question, { node, given, names }) : NONE;
  const reach = question.step ? await reachFlip(db, question, names) : NONE;
  const last: Found = trigger ? { ...NONE, changes: trigger.changes, clauses: trigger.changes.map((change) => triggerClause(change, names)) } : NONE;
  return joined([campaign, data, reach, last]);
}

/** The fewest changes of data that would keep somebody out who could come in; null when no condition of the campaign can. */
export async function smallestBar(db: Db, question: FlipQuestion): Promise<Found | null> {
  const node = conditionsOf(question, null);
  if (!node) return null;
  const found = await ask(db, node, { ...question, wanted: false, given: [] });
  return found && found.changes.length > 0 ? { ...NONE, changes: found.changes, clauses: clausesOf(found, await loadNames(db, [node])) } : null;
}

/** All changes in the order to be made. One that is asked for twice is made once; the same event is done as often as both together say, the last time at the end. */
function joined(parts: readonly Found[]): Found {
  const changes: FlipChange[] = [];
  for (const change of parts.flatMap((part) => part.changes)) {
    const place = changes.findIndex((other) => (change.kind === 'event' ? other.kind === 'event' && isSameFact(other, change) : JSON.stringify(other) === JSON.stringify(change)));
    const [before] = place < 0 ? [] : changes.splice(place, 1);
    changes.push(change.kind === 'event' && before?.kind === 'event' ? { ...change, times: change.times + before.times } : change);
  }
  return { changes, clauses: parts.flatMap(({ clauses }) => clauses), blocked: [], isComplete: parts.every(({ isComplete }) => isComplete) };
}

/** Gates that no change of data opens. Conditions that hang on time alone are told with the next moment. */
function unmovable({ gate, code, facts, nextCheckAt }: Verdict, { version }: FlipQuestion): Blocked[] {
  if (gate === 'holdout' || code === 'PERSON_DELETED' || code === 'PERSON_MERGED') return [blockedBy(gate, code, facts)];
  if (gate === 'campaign' && (facts.state === 'stopped' || facts.state === 'archived')) return [blockedBy(gate, code, facts)];
  if (code === 'APPROVAL_MISSING' || (code === 'BREAKER_OPEN' && facts.scope === 'workspace')) return [blockedBy(gate, code, facts)];
  if (gate === 'reentry' && nextCheckAt === null) return [blockedBy(gate, code, facts)];
  if (gate === 'trigger' && version.published.entry.type === 'external') return [blockedBy(gate, code, facts)];
  return gate === 'render' || gate === 'transport' || (gate === 'frequency_cap' && code === 'CAP_DROPPED') ? [blockedBy(gate, code, facts)] : [];
}

function campaignChange(verdicts: readonly Verdict[]): Found {
  const state = verdicts.find(({ gate }) => gate === 'campaign')?.facts.state;
  return state === 'draft'
    ? { ...NONE, changes: [{ kind: 'campaign', verb: 'publish' }], clauses: [{ en: 'the campaign were published', ko: '캠페인을 게시한' }] }
    : { ...NONE, changes: [{ kind: 'campaign', verb: 'resume' }], clauses: [{ en: 'the campaign were resumed', ko: '캠페인을 다시 시작한' }] };
}

/** What must be true of a person who enters: the segment of the trigger and the audience, and no goal or exit rule that would end the run at once. */
function conditionsOf({ version: { published } }: FlipQuestion, within: SegmentNode | null): SegmentNode | null {
  const ending = [...published.goals.filter(({ exits }) => exits), ...published.exitRules].flatMap(({ condition }) => (condition ? [condition] : []));
  const of: SegmentNode[] = [...(within ? [within] : []), ...(published.audience ? [published.audience] : []), ...ending.map((condition): SegmentNode => ({ type: 'not', of: condition }))];
  return of.length === 0 ? null : { type: 'all', of };
}

async function ask(db: Db, node: SegmentNode, { personId, at, given, wanted }: { personId: string; at: Date; given: readonly Change[]; wanted?: boolean }): ReturnType<typeof smallestFlip> {
  try {
    return await smallestFlip(db, node, { personId, at, given, wanted });
  } catch (error) {
    // A condition over a segment that was archived holds for nobody.
    if (error instanceof AppError && error.code === 'segment.invalid') return null;
    throw error;
  }
}

async function conditionsFlip(db: Db, question: FlipQuestion, { node, given, names }: { node: SegmentNode; given: Change[]; names: Names }): Promise<Found> {
  const found = await ask(db, node, { ...question, given });
  return found ? { ...NONE, changes: found.changes, clauses: clausesOf(found, names) } : { ...NONE, isComplete: false };
}

/** Consent, address and block, each asked again after the one before was mended. */
async function reachFlip(db: Db, { step, personId, at, reach }: FlipQuestion, names: Names): Promise<Found> {
  const { channel, topic } = step!;
  if (ADDRESSEE[channel] !== 'person' || (channel !== 'email' && channel !== 'in_app')) return NONE;
  const facts = reach ?? (await reachFacts(db, { personIds: [personId], channel, topic, now: at })).get(personId);
  if (!facts) return NONE;
  const found: Found = { changes: [], clauses: [], blocked: [], isComplete: true };
  const add = (change: FlipChange, clause: Sentence) => { found.changes.push(change); found.clauses.push(clause); };
  const known: ReachFacts = { ...facts };
  for (let code = judgeReach(known); code !== null; code = judgeReach(known)) {
    if (code === 'TOPIC_UNSUBSCRIBED' || (code === 'NO_CONSENT' && known.topicKind !== null)) {
      add({ kind: 'consent', channel, topic, state: 'subscribed' }, clausesOf({ changes: [], aims: [{ leaf: { type: 'consent', channel, topic, state: 'subscribed' }, wanted: true }] }, names.has(topic) ? names : await loadNames(db, [{ type: 'consent', channel, topic, state: 'subscribed' }]))[0]!);
      known.consent = 'subscribed';
    } else if (code === 'CHANNEL_UNREACHABLE') {
      add({ kind: 'attribute', key: 'email', value: 'name@example.com' }, { en: 'they had an e-mail address', ko: '이메일 주소가 있는' });
      known.addressMissing = false;
      known.blockedBy = null;
    } else if (known.blockedBy !== null) {
      add({ kind: 'suppression' }, { en: 'the block of their address were lifted', ko: '주소의 발송 차단을 해제한' });
      known.blockedBy = null;
    } else return { ...NONE, isComplete: false };
  }
  return found;
}

function triggerClause(change: FlipChange, names: Names): Sentence {
  switch (change.kind) {
    case 'event': return oftener(labelOf(names, 'event', change.name), change.times);
    case 'let_in': return { en: 'somebody let them in by name', ko: '담당자가 직접 진입시킨' };
    case 'attribute': return { en: `“${labelOf(names, 'attribute', change.key).en}” were a date to come`, ko: `‘${labelOf(names, 'attribute', change.key).ko}’ 날짜가 앞으로 다가오는` };
    default: return { en: '', ko: '' };
  }
}

/** A place that is kept for a message to come could be given up; the one that a sent message took frees itself by time. */
export async function reservationOf(db: Db, verdicts: readonly Verdict[]): Promise<Pick<Found, 'changes' | 'clauses'> | null> {
  const winner = verdicts.find(({ code }) => code === 'CAP_DEFERRED')?.facts.winner as Winner | undefined;
  const campaign = winner?.kept ? await findCampaign(db, winner.campaignId) : null;
  return campaign && { changes: [{ kind: 'reservation', campaignId: campaign.id }], clauses: [{ en: `“${campaign.name}” kept no place for its message`, ko: `“${campaign.name}” 캠페인이 자리를 예약하지 않은` }] };
}
