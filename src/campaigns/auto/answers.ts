import type { SurveyAnswer } from '../../contract/visitor-wire.js';
import type { RenderedInApp } from '../../delivery/content/compiled.js';
import { answerProblem, answerTags, savedAnswer, type AskedSurvey } from '../../delivery/content/domain/survey.js';
import { AppError } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { personWriteProblems } from '../../people/domain/person-write.js';
import { featureOfKey, recordRequests } from '../../people/features/store/record-requests.js';
import { isReservedKey } from '../../people/domain/reserved-keys.js';
import { storableText } from '../../people/domain/json.js';
import { writeBatch } from '../../people/people-writer.js';
import type { Db } from '../../platform/database/db.js';
import type { DisplayClaim } from './store/claims.store.js';
import { answeredDelivery, insertAnswer } from './store/answers.store.js';

/** What visitors do with a message beside looking, as events that segments and entries can ask for. */
export const REPLIED = '$message_replied';
export const ANSWERED = '$survey_answered';

const LONGEST_REPLY = 5_000;

interface Answered { personId: string; content: RenderedInApp; /** The first answer to this message. */ isNew: boolean; claim: DisplayClaim; answer: SurveyAnswer | null; /** Attributes that no answer of a browser may set. */ protectedTraits: ReadonlySet<string> }

/** What is wrong with an answer to this message; null when it is one. */
function problemOf({ survey, reply }: RenderedInApp, answer: SurveyAnswer | null): string | null {
  if (!answer) return 'is missing';
  if (survey) return answerProblem(survey as AskedSurvey, answer);
  if (!reply) return 'this message can not be replied to';
  if (answer.score !== undefined || answer.choices !== undefined) return 'a reply is a text';
  return answer.text === undefined || answer.text.trim() === '' || answer.text.length > LONGEST_REPLY ? `a reply has 1 to ${LONGEST_REPLY} characters` : null;
}

/**
 * Keeps an answer with its delivery and makes it an event of the person, with the attribute and the tags the author asked for, all
 * in the transaction of the ack: it is there as a whole or not at all, and starts what an event of a client would start.
 *
 * @throws AppError `claim.invalid-answer`
 */
export async function storeAnswer(tx: Db, { personId, content, isNew, claim, answer, protectedTraits }: Answered, now: Date): Promise<void> {
  const problem = problemOf(content, answer);
  if (problem !== null) throw new AppError('claim.invalid-answer', `v: ${problem}`, 'invalid', [{ path: 'v', code: 'claim.invalid-answer', message: problem }]);
  if (!isNew) return;
  const { score, choices, text } = answer!;
  const said = { ...(score === undefined ? {} : { score }), ...(choices === undefined ? {} : { choices: [...choices] }), ...(text === undefined || text.trim() === '' ? {} : { text: storableText(text) }) };
  const delivery = (await answeredDelivery(tx, claim.deliveryId, personId))!;
  const kind = content.survey ? 'survey' : 'reply';
  await insertAnswer(tx, { deliveryId: claim.deliveryId, personId, kind, ...delivery, ...said, at: now });
  await writeBatch(tx, [{
    ref: { personId }, at: now, ...consequences(content, said, protectedTraits, now),
    ...(kind === 'survey' ? { said: { words: said.text ?? null, ref: claim.deliveryId } } : {}),
    event: {
      id: newId(), type: 'track', name: kind === 'survey' ? ANSWERED : REPLIED, messageId: `${claim.deliveryId}:${kind}`, occurredAt: now, receivedAt: now,
      properties: JSON.stringify({ campaign: delivery.campaignId, step: delivery.stepId, variant: delivery.variant, delivery: claim.deliveryId, ...said }), context: JSON.stringify({ page: { url: claim.url } }),
    },
  }], { now, source: 'visitor' });
  // After the write, which holds the person. A feature that was archived since keeps no more requests.
  const featureId = content.survey?.requestFor === undefined ? null : await featureOfKey(tx, content.survey.requestFor);
  if (featureId !== null) await recordRequests(tx, [{ featureId, personId, askedAt: now, source: 'survey', words: said.text ?? null, ref: claim.deliveryId, takenBy: null }], { now, by: 'visitor' });
}

/** An attribute that can not hold the answer (a text as e-mail address), or that was protected since the survey was published, is left as it is. */
function consequences({ survey }: RenderedInApp, answer: SurveyAnswer, protectedTraits: ReadonlySet<string>, now: Date) {
  if (!survey) return {};
  const saved = savedAnswer(survey as AskedSurvey, answer);
  const tags = answerTags(survey as AskedSurvey, answer);
  const attributes = saved && !isReservedKey(saved.attribute) && !protectedTraits.has(saved.attribute) ? { [saved.attribute]: saved.value } : {};
  const fits = personWriteProblems({ ref: { anonymousId: 'x' }, at: now, attributes }).length === 0;
  return { ...(fits ? { attributes } : {}), ...(tags.length > 0 ? { addTags: tags } : {}) };
}
