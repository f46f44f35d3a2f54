import { isDeferral, type Verdict } from '../../kernel/gates.js';
import { loadPeople } from '../../people/people.store.js';
import type { Db } from '../../platform/database/db.js';
import type { Moment } from '../engine/conditions.js';
import { usableZone } from '../engine/people.js';
import { liveGates, type LiveQuestion } from './live-gates.js';
import { nextOccurrence } from './trigger.js';

/** Moments looked at: somebody who is refused at the next so many is told that none is known. */
const ROUNDS = 12;

const refusing = (verdicts: readonly Verdict[]): Verdict[] => verdicts.filter(({ passed }) => passed === false);

/**
 * The earliest moment at which the answer becomes yes if nothing happens but that time passes, judged by the gates themselves at that moment;
 * null when none is found. A trigger is fulfilled at an instant: the other gates are asked at each of the instants to come. What only
 * puts the message off makes it later when the message is the first step.
 *
 * @param verdicts what the gates say at `moment`
 */
export async function nextMoment(db: Db, question: LiveQuestion, { moment, verdicts }: { moment: Moment; verdicts: readonly Verdict[] }): Promise<Date | null> {
  const isDisplay = question.version.published.entry.type === 'display';
  const isMet = verdicts.find(({ gate }) => gate === 'trigger')?.passed === true;
  if (isDisplay || isMet) return waited(db, question, { moment, verdicts });
  const [person] = await loadPeople(db, [question.personId]);
  const asked = { version: question.version, personId: question.personId, zone: usableZone(person?.timeZone ?? null, moment.zone) };
  let at = await nextOccurrence(db, asked, moment.now);
  for (let round = 0; at !== null && round < ROUNDS; round += 1) {
    const then = { ...moment, now: at };
    const said = await liveGates(db, { ...question, triggered: true }, then);
    const against = refusing(said).filter(({ code }) => !isDeferral(code!));
    if (against.length === 0) return isFirst(question) ? waited(db, { ...question, triggered: true }, { moment: then, verdicts: said }) : at;
    at = await nextOccurrence(db, asked, new Date(at.getTime() + 1));
  }
  return null;
}

const isFirst = ({ step, version }: LiveQuestion): boolean => step !== null && step.id === version.published.start;

/** As long as every gate that refuses says from when it may pass. */
async function waited(db: Db, question: LiveQuestion, { moment, verdicts }: { moment: Moment; verdicts: readonly Verdict[] }): Promise<Date | null> {
  const isDisplay = question.version.published.entry.type === 'display';
  let at = moment.now;
  let said = verdicts;
  for (let round = 0; round < ROUNDS; round += 1) {
    // Once entered, only these are asked again before it goes.
    const against = refusing(said).filter(({ gate, code }) => round === 0 || isDisplay || gate === 'exit' || isDeferral(code!));
    if (against.length === 0) return at;
    const from = against.map(({ nextCheckAt }) => nextCheckAt);
    if (from.some((next) => next === null || next <= at)) return null;
    // A trigger that is met now is not met later.
    if (!isDisplay && against.some(({ code }) => !isDeferral(code!))) return null;
    at = from.reduce<Date>((latest, next) => (next! > latest ? next! : latest), at);
    said = await liveGates(db, { ...question, triggered: true }, { ...moment, now: at });
  }
  return null;
}
