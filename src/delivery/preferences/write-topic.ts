import { AppError } from '../../kernel/errors.js';
import { announce } from '../../people/store/facts.store.js';
import type { AuditLog } from '../../platform/audit.js';
import type { Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { ruleOf } from '../rules/domain/rule-settings.js';
import { TRANSACTIONAL_REASON_KEYS } from './domain/transactional.js';
import { insertTopic, lockTopic, updateTopic, type Topic, type TopicChange } from './store/preferences.store.js';

interface Writing { audit: AuditLog; actor: Actor; now: Date }

/** @throws AppError `topic.exists`, or what of it can not be */
export async function addTopic(tx: Db, topic: Omit<Topic, 'createdAt'>, { audit, actor, now }: Writing): Promise<Topic> {
  if (topic.kind === 'marketing' && topic.reason !== null) throw reasonOfMarketing();
  refuseDoubled(topic);
  if (topic.kind === 'transactional' && topic.reason === null && ruleOf(await loadWorkspace(tx), 'transactional_reason').on) throw reasonMissing();
  const added = await insertTopic(tx, { ...topic, createdAt: now });
  if (!added) throw new AppError('topic.exists', `There is already a topic "${topic.key}".`, 'conflict', [{ path: 'key', code: 'topic.exists', message: 'there is already a topic with this key' }]);
  await audit.record(tx, { actor, action: 'topic.create', subject: `topic:${topic.key}`, detail: { kind: topic.kind, optIn: topic.optIn, doubleOptIn: topic.doubleOptIn } }, now);
  return added;
}

/** Wake whoever depends on topics after commit (`Preferences.wake`). @throws AppError `topic.not-found`, or what of it can not be */
export async function changeTopic(tx: Db, key: string, change: TopicChange, { audit, actor, now }: Writing): Promise<Topic> {
  const before = await lockTopic(tx, key);
  if (before === null) throw new AppError('topic.not-found', `There is no topic "${key}".`, 'not_found');
  if (before.kind === 'marketing' && (change.reason || change.reasonText)) throw reasonOfMarketing();
  refuseDoubled({ ...before, ...change });
  const topic = (await updateTopic(tx, key, change))!;
  await audit.record(tx, { actor, action: 'topic.change', subject: `topic:${key}`, detail: { ...change } }, now);
  // Nobody said anything new, and yet the rule answers anew for everybody: whoever depends on it has to ask again.
  if (topic.optIn !== before.optIn) await announce(tx, [], [`topic:${key}`], now);
  return topic;
}

function refuseDoubled({ doubleOptIn, optIn, kind }: Pick<Topic, 'doubleOptIn' | 'optIn' | 'kind'>): void {
  if (!doubleOptIn || (optIn && kind === 'marketing')) return;
  throw new AppError('topic.double-opt-in', 'Only a marketing topic with "optIn" can ask people to confirm: without it they get its messages before they said anything.', 'invalid', [{ path: 'doubleOptIn', code: 'topic.double-opt-in', message: 'needs "optIn" and the kind marketing' }]);
}

const reasonMissing = () => new AppError('topic.reason-missing', 'A transactional topic goes to people who never agreed, so it has to say why its messages are no advertising.', 'invalid', [{ path: 'reason', code: 'topic.reason-missing', message: `name one of ${TRANSACTIONAL_REASON_KEYS.join(', ')}` }]);
const reasonOfMarketing = () => new AppError('topic.reason-of-marketing', 'A marketing topic needs consent, not a reason.', 'invalid', [{ path: 'reason', code: 'topic.reason-of-marketing', message: 'only transactional topics have a reason' }]);
