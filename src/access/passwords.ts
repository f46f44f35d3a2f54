import { hash, verify } from '@node-rs/argon2';
import { AppError } from '../kernel/errors.js';
import { PASSWORD_FAULTS, PASSWORD_MAX, passwordFault } from './domain/password.js';

// argon2id with the parameters OWASP recommends: 19 MiB, 2 passes, 1 lane.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
let decoy: Promise<string> | null = null;

/** @throws access.bad-password with the fault of a password that may not be chosen */
export async function hashPassword(password: string, email: string, path = 'password'): Promise<string> {
  const fault = passwordFault(password, email);
  if (fault) throw new AppError('access.bad-password', `${path}: ${PASSWORD_FAULTS[fault]}`, 'invalid', [{ path, code: fault, message: PASSWORD_FAULTS[fault] }]);
  return hash(password.normalize('NFC'), COST);
}

/** Whether the password is right. Takes as long for an unknown person (null), so the answer's time names nobody. */
export async function passwordMatches(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hash('nobody has this password', COST);
  const known = await verify(stored ?? (await decoy), password.slice(0, PASSWORD_MAX * 4).normalize('NFC'));
  return known && stored !== null;
}
