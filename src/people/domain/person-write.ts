import type { Problem } from '../../kernel/errors.js';
import { emailProblem } from './email-address.js';
import type { PersonKind, PersonRef } from './identity-plan.js';
import { isShallow, MAX_DEPTH, storable, storableText, type JsonValue } from './json.js';
import { personIdProblem } from './person-ids.js';
import { isReservedKey } from './reserved-keys.js';

/** One thing to write about one person. Everything but the reference may be left out. */
export interface PersonWrite {
  ref: PersonRef;
  /** New values; null removes the attribute. */
  attributes?: Record<string, JsonValue | null>;
  /** When this was true: decides between values, not the order of arrival. */
  at: Date;
  addTags?: string[];
  removeTags?: string[];
  /** Only ever raises: a user never becomes a lead again. */
  kind?: PersonKind;
}

/** When the batch is written, and by whom (`api`, `segment`, `import:…`); kept with the history. */
export interface WriteContext { now: Date; source: string }
export interface PersonWriteResult { personId: string; outcome: 'created' | 'updated' | 'unchanged' }

export const LONGEST_KEY = 200;
export const LONGEST_TAG = 100;
/** Most attributes one write may carry. */
export const MOST_ATTRIBUTES = 1_000;

/** What is wrong with a write, place by place; empty when it can be stored. */
export function personWriteProblems(write: PersonWrite): Problem[] {
  const problems: Problem[] = [];
  const add = (path: string, code: string, message: string | null) => message && problems.push({ path, code, message });
  if ('userId' in write.ref) add('userId', 'invalid_user_id', personIdProblem(write.ref.userId));
  if ('anonymousId' in write.ref && write.ref.anonymousId !== undefined) add('anonymousId', 'invalid_anonymous_id', personIdProblem(write.ref.anonymousId));
  if (Number.isNaN(write.at.getTime())) add('at', 'invalid_timestamp', 'the time is not a valid instant');
  const entries = Object.entries(write.attributes ?? {});
  if (entries.length > MOST_ATTRIBUTES) add('attributes', 'too_many_attributes', `one write may carry at most ${MOST_ATTRIBUTES} attributes`);
  for (const [key, value] of entries) add(`attributes.${key.slice(0, LONGEST_KEY)}`, key === 'email' ? 'invalid_email' : 'invalid_attribute', attributeProblem(key, value));
  for (const tag of [...(write.addTags ?? []), ...(write.removeTags ?? [])]) add('tags', 'invalid_tag', tagProblem(tag));
  return problems;
}

function attributeProblem(key: string, value: JsonValue | null): string | null {
  if (key === '' || key.length > LONGEST_KEY) return `an attribute name must have 1 to ${LONGEST_KEY} characters`;
  if (!isShallow(value)) return `the value is nested deeper than ${MAX_DEPTH} levels`;
  return key === 'email' && value !== null && value !== '' ? emailProblem(typeof value === 'string' ? value.trim() : value) : null;
}

export function tagProblem(tag: string): string | null {
  return tag.trim() === '' || tag.length > LONGEST_TAG || /\p{Cc}/u.test(tag) ? `a tag must have 1 to ${LONGEST_TAG} characters and no control characters` : null;
}

/** The attributes as they are stored: texts the database can hold, e-mail without spaces around it, an empty e-mail is none, nothing under a reserved key. */
export function storedAttributes(attributes: Record<string, JsonValue | null> | undefined): [string, JsonValue | null][] {
  return Object.entries(attributes ?? {}).flatMap(([key, value]): [string, JsonValue | null][] => {
    if (key === 'email' && typeof value === 'string') return [[key, storableText(value.trim()) || null]];
    const name = storableText(key);
    return isReservedKey(name) ? [] : [[name, value === null ? null : storable(value)]];
  });
}
