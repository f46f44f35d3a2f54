import { newId } from '../../kernel/ids.js';
import type { Db } from '../../platform/database/db.js';
import { findPersonIds } from '../people.store.js';
import { readMessages } from '../domain/envelope.js';
import type { AcceptedMessage } from '../domain/segment-message.js';
import { applyMapping, type Mapped, type MappedMessage, type Mapping } from './domain/mapping.js';
import { identitiesOfEmails, type SourceProblem } from './store/source-deliveries.store.js';

/** What a body becomes: messages as they would be stored, and what is wrong, by rule and field. */
export interface ReadBody { accepted: AcceptedMessage[]; rules: string[]; problems: SourceProblem[]; handles: string[] }

/** Reads a body with a mapping: who is meant, what they did. Nothing is written. */
export async function readSourceBody(db: Db, mapping: Mapping, delivery: { id: string; sourceId: string; topic: string; headers: Record<string, string>; body: unknown; receivedAt: Date }): Promise<ReadBody> {
  const { id, sourceId, topic, headers, body, receivedAt } = delivery;
  const mapped = applyMapping(mapping, { body, topic, header: headers }, { key: id, source: sourceId, receivedAt });
  const problems = [...mapped.problems];
  const named = await withPeople(db, mapped, problems);
  const batch = named.map(({ message }) => message);
  const text = JSON.stringify({ batch });
  const read = readMessages(text, JSON.parse(text), 'batch', { receivedAt, newMessageId: newId, ip: 'none' });
  const accepted: AcceptedMessage[] = [];
  for (const [index, one] of read.entries()) {
    if ('accepted' in one) accepted.push(one.accepted);
    else problems.push({ path: named[index]!.rule, message: one.rejected.message });
  }
  return { accepted, rules: mapped.rules, problems, handles: handlesOf(mapped.messages) };
}

/**
 * Whom a message is about: the user id when somebody has it; else the one person who has the e-mail; else the user id, for somebody
 * new. Two people with one address are never guessed between.
 */
async function withPeople(db: Db, { messages }: Mapped, problems: SourceProblem[]): Promise<MappedMessage[]> {
  const asking = messages.filter(({ email, matchEmail }) => email !== null && matchEmail);
  if (asking.length === 0) return messages.filter(({ message }) => named(message));
  const [known, byEmail] = [
    new Set((await findPersonIds(db, { userIds: asking.flatMap(({ message }) => (typeof message.userId === 'string' ? [message.userId] : [])) })).map(({ value }) => value)),
    new Map((await identitiesOfEmails(db, [...new Set(asking.map(({ email }) => email!.toLowerCase()))])).map((one) => [one.email, one])),
  ];
  const said = new Set<string>();
  return messages.flatMap((one) => {
    const { message, email, matchEmail, rule } = one;
    if (typeof message.userId === 'string' && known.has(message.userId)) return [one];
    const found = email === null || !matchEmail ? undefined : byEmail.get(email.toLowerCase());
    if (found?.people === 1 && found.value !== null) {
      const { userId: _userId, anonymousId: _anonymousId, ...rest } = message;
      return [{ ...one, message: { ...rest, [found.kind === 'user_id' ? 'userId' : 'anonymousId']: found.value } }];
    }
    if (named(message)) return [one];
    const text = found && found.people > 1 ? 'several people have this e-mail, and no user id is given' : 'nobody is known by this e-mail, and no user id is given';
    if (!said.has(rule)) problems.push({ path: rule, message: text });
    said.add(rule);
    return [];
  });
}

const named = ({ userId, anonymousId }: Record<string, unknown>): boolean => userId !== undefined || anonymousId !== undefined;

const handlesOf = (messages: readonly MappedMessage[]): string[] =>
  [...new Set(messages.flatMap(({ email, message: { userId, anonymousId, traits } }) => {
    const trait = (traits as { email?: unknown } | undefined)?.email;
    return [userId, anonymousId, email?.toLowerCase(), typeof trait === 'string' ? trait.toLowerCase() : undefined].filter((one) => typeof one === 'string');
  }))];
