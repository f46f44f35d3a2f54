const LONGEST = 256;

/** What broken client code sends when it has no id; accepting one would join strangers into a single person. */
const MEANINGLESS = new Set([
  '', 'undefined', 'null', 'nil', 'none', 'nan', 'true', 'false', '0', '-1', '[object object]', 'anonymous', 'guest', 'distinct_id', 'userid', 'user_id', 'id', 'not_authenticated',
]);

/** What is wrong with a client's id for a person, or null. */
export function personIdProblem(id: string): string | null {
  if (MEANINGLESS.has(id.trim().toLowerCase())) return `"${id}" is not the id of one person`;
  if (id.length > LONGEST) return `an id must not be longer than ${LONGEST} characters`;
  if (/\p{Cc}|\p{Surrogate}/u.test(id)) return 'an id must not contain control characters or halves of characters';
  return null;
}
