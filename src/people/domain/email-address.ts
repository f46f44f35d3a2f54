const LONGEST = 254;

/**
 * What is wrong with a text as one e-mail address, or null. Refuses everything that could turn one recipient into two
 * or add a header line; it is not a full RFC 5321 parser, the receiving server is.
 */
export function emailProblem(value: unknown): string | null {
  if (typeof value !== 'string') return 'an e-mail address must be a text';
  if (/[\p{Cc}\u2028\u2029]/u.test(value)) return 'an e-mail address must not contain line breaks or control characters';
  if (/[\s,;<>"()[\]\\:]/.test(value)) return 'an e-mail address must not contain spaces, commas, quotes or brackets';
  const parts = value.split('@');
  if (parts.length !== 2) return 'an e-mail address must contain exactly one "@"';
  if (parts[0] === '' || parts[1] === '' || /^\.|\.$|\.\./.test(parts[1]!)) return 'an e-mail address needs a name before and a host after the "@"';
  if (value.length > LONGEST) return `an e-mail address must not be longer than ${LONGEST} characters`;
  return null;
}
