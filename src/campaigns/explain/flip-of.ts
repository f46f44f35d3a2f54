import { isDeferral } from '../../kernel/gates.js';
import { loadPastPerson } from '../../people/past-person.js';
import type { Db } from '../../platform/database/db.js';
import { proposalsFor } from '../../segments/domain/flips/proposals.js';
import { clausesOf, oftener } from '../../segments/domain/flips/words.js';
import { labelOf } from '../../segments/domain/wording/words.js';
import { smallestFlip } from '../../segments/flip-questions.js';
import { loadNames } from '../../segments/store/references.js';
import { blockedBy, flipSentence, type Flip } from '../domain/flip.js';
import { spoken } from '../domain/sentences.js';
import { messageStepOf, type Asked, type Found as Outcome } from './find-outcome.js';
import { reachThen } from './past-gates.js';
import { reservationOf, smallestBar, smallestChange, type Found } from './smallest-flip.js';

const NOTHING: Found = { changes: [], clauses: [], blocked: [], isComplete: true };

/** What is said of the answer as a whole. `later`: no, but time alone makes it yes. */
export type Answer = 'yes' | 'later' | 'no';

const YES = ['sent', 'delivered', 'recalled'];

/** @param nextAt when time alone brings it */
export function answerOf({ outcome: { told }, gates }: Outcome, nextAt: string | null): Answer {
  switch (told.kind) {
    case 'could_enter': return gates.some(({ passed, code }) => passed === false && isDeferral(code!)) ? 'later' : 'yes';
    case 'delivery': return YES.includes(told.state) && !told.isControl ? 'yes' : told.state === 'queued' || told.state === 'sending' ? 'later' : 'no';
    case 'on_the_way': return 'later';
    case 'in_rest': return told.isOver ? 'no' : 'later';
    default: return nextAt === null ? 'no' : 'later';
  }
}

/**
 * The smallest change that flips the answer: of a no, what would have to be otherwise for a yes; of somebody who could enter, what would keep them out. Null
 * for what has gone: nothing takes it back.
 *
 * @param nextAt when time alone brings it
 */
export async function flipOf(db: Db, asked: Asked, found: Outcome, nextAt: string | null): Promise<Flip | null> {
  const answer = answerOf(found, nextAt);
  const { told } = found.outcome;
  if (answer === 'yes' && told.kind !== 'could_enter') return null;
  const to = answer === 'yes' ? 'no' : 'yes';
  const change = await changeOf(db, asked, found);
  const isPast = found.basis === 'recorded' || (found.basis === 'ledger' && found.outcome.at !== null && nextAt === null);
  const { timeZone } = asked;
  const notFound = change.changes.length === 0 && change.blocked.length === 0 && nextAt === null;
  const clauses = change.isComplete ? change.clauses : [];
  const sentence = flipSentence({ to, clauses, byTime: nextAt ? spoken(nextAt, timeZone) : null, blocked: nextAt ? [] : change.blocked, isPast, notFound: notFound || !change.isComplete });
  return { to, changes: change.isComplete ? change.changes : [], byTime: nextAt, blocked: change.blocked, sentence };
}

async function changeOf(db: Db, asked: Asked, found: Outcome): Promise<Found> {
  const { told } = found.outcome;
  if (found.basis !== 'ledger') return told.kind === 'in_rest' ? NOTHING : asNow(db, asked, found);
  switch (told.kind) {
    case 'refused': return asThen(db, asked, found, new Date(told.at!));
    case 'delivery': return ofDelivery(db, asked, found);
    case 'on_the_way': return ofWait(db, asked, told.stepId);
    case 'passed_by': return { ...NOTHING, blocked: [blockedBy('exit', told.code, {})] };
    default: return NOTHING;
  }
}

const questionOf = (asked: Asked, { gates }: Outcome, stepId: string | null | undefined) => ({ version: asked.asked.version, personId: asked.personId, step: messageStepOf(asked, stepId), at: asked.moment.now, verdicts: gates });

/** Somebody who was never considered: every gate was asked. */
async function asNow(db: Db, asked: Asked, found: Outcome): Promise<Found> {
  const question = questionOf(asked, found, asked.stepId);
  if (found.outcome.told.kind !== 'could_enter') return smallestChange(db, { ...question, ...(asked.isPast ? { reach: await reachAt(db, asked, question.at) } : {}) });
  if (found.gates.some(({ passed }) => passed === false)) return { ...NOTHING, ...(await reservationOf(db, found.gates)) };
  return (await smallestBar(db, question)) ?? NOTHING;
}

/** What was refused then, by what was known then; only the gate that refused is known to have. */
async function asThen(db: Db, asked: Asked, found: Outcome, at: Date): Promise<Found> {
  const question = { ...questionOf(asked, found, found.stepId ?? asked.stepId), at, triggered: true, reach: await reachAt(db, asked, at, found.stepId) };
  const refusing = found.gates.find(({ passed }) => passed === false);
  if (refusing?.gate === 'campaign') return { ...NOTHING, blocked: [blockedBy('campaign', refusing.code, { notRunning: true })] };
  const change = await smallestChange(db, question);
  return change.changes.length > 0 || change.blocked.length > 0 || !refusing ? change : { ...NOTHING, blocked: [blockedBy(refusing.gate, refusing.code, refusing.facts)] };
}

async function reachAt(db: Db, asked: Asked, at: Date, stepId?: string | null): Promise<Awaited<ReturnType<typeof reachThen>> | null> {
  const step = messageStepOf(asked, stepId ?? asked.stepId);
  const person = step && (await loadPastPerson(db, asked.personId, at));
  return person ? reachThen(db, step, person) : null;
}

const MISSING = /(?:^|: )person\.(?:attributes\.)?([\w$.-]+) has no value/;

async function ofDelivery(db: Db, asked: Asked, found: Outcome): Promise<Found> {
  const { told, code, at } = found.outcome;
  if (told.kind !== 'delivery') return NOTHING;
  if (told.isControl) return { ...NOTHING, blocked: [blockedBy('assignment', 'EXPERIMENT_CONTROL', {})] };
  if (told.state === 'queued' || told.state === 'sending') return { ...NOTHING, ...(await reservationOf(db, found.gates)) };
  const key = code === 'RENDER_MISSING_VAR' ? MISSING.exec(told.detail ?? '')?.[1] : undefined;
  if (key !== undefined) {
    const node = { type: 'attribute' as const, key, op: 'exists' };
    return { ...NOTHING, changes: [{ kind: 'attribute', key, value: 'yes' }], clauses: clausesOf({ changes: [], aims: [{ leaf: node, wanted: true }] }, await loadNames(db, [node])) };
  }
  const refusing = found.gates.find(({ passed }) => passed === false);
  const isReach = refusing && ['consent', 'reachable', 'suppression'].includes(refusing.gate);
  return isReach && at ? asThen(db, asked, found, new Date(at)) : { ...NOTHING, blocked: [blockedBy(refusing?.gate ?? 'transport', code, refusing?.facts ?? {})] };
}

/** Somebody who waits at a step for a condition or an event can be let go on by it; other waits end by time alone. */
async function ofWait(db: Db, asked: Asked, stepId: string): Promise<Found> {
  const step = asked.asked.version.published.steps[stepId];
  if (step?.type !== 'wait_until' || asked.isPast) return NOTHING;
  const { now } = asked.moment;
  if (step.event) {
    const leaf = { type: 'event' as const, event: step.event.name, where: step.event.where, count: { op: 'at_least' as const, value: 1 } };
    const [changes] = proposalsFor(leaf, true, 0, { now, zone: asked.timeZone });
    return changes ? { ...NOTHING, changes, clauses: [oftener(labelOf(await loadNames(db, [leaf]), 'event', step.event.name), 1)] } : NOTHING;
  }
  const flip = step.condition ? await smallestFlip(db, step.condition, { personId: asked.personId, at: now }) : null;
  return flip && flip.changes.length > 0 ? { ...NOTHING, changes: flip.changes, clauses: clausesOf(flip, await loadNames(db, [step.condition!])) } : NOTHING;
}

