import type { PublishedExperiment } from './published.js';

/** A value that can name an account: a text or a number, as text. Null: it names none. */
export function accountOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** What an arm is drawn for: the account of a person, where the experiment says so and they have one; else they themselves. */
export const unitOf = ({ account }: Pick<PublishedExperiment, 'account'>, personId: string, value: unknown): string => (account === undefined ? personId : accountOf(value) ?? personId);

/** The value of an attribute by its key, or by its way through objects. */
export const attributeAt = (attributes: Readonly<Record<string, unknown>>, key: string): unknown =>
  (Object.hasOwn(attributes, key) ? attributes[key] : key.split('.').reduce<unknown>((inside, part) => (typeof inside === 'object' && inside !== null && Object.hasOwn(inside, part) ? (inside as Record<string, unknown>)[part] : undefined), attributes));
