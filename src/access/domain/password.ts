export const PASSWORD_MIN = 10;
/** Hashing cost grows with length only slightly, but a megabyte is no password. */
export const PASSWORD_MAX = 200;

export type PasswordFault = 'too-short' | 'too-long' | 'too-simple' | 'is-email';

/** What is wrong with a new password, or null. Length is what protects; there are no rules about kinds of characters. */
export function passwordFault(password: string, email: string): PasswordFault | null {
  const letters = [...password];
  if (letters.length < PASSWORD_MIN) return 'too-short';
  if (letters.length > PASSWORD_MAX) return 'too-long';
  if (new Set(letters).size < 4) return 'too-simple';
  return email !== '' && password.toLowerCase() === email.toLowerCase() ? 'is-email' : null;
}

export const PASSWORD_FAULTS: Record<PasswordFault, string> = {
  'too-short': `must have at least ${PASSWORD_MIN} characters; a short sentence is easy to remember`,
  'too-long': `must have at most ${PASSWORD_MAX} characters`,
  'too-simple': 'must have at least 4 different characters',
  'is-email': 'must not be the e-mail address',
};
