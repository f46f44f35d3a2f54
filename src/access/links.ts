import { AppError } from '../kernel/errors.js';
import type { Db } from '../platform/database/db.js';
import { linkExpiry } from './domain/session-life.js';
import { hashOf, newToken } from './secrets.js';
import { findLink, insertLink, spendLink, type LinkRow } from './store/links.store.js';

/** Makes a one-time link's token, good for a week. */
export async function issueLink(db: Db, kind: 'setup' | 'invite', userId: string | null, now: Date): Promise<string> {
  const token = newToken();
  await insertLink(db, { tokenHash: hashOf(token), kind, userId, expiresAt: linkExpiry(now) }, now);
  return token;
}

/** @throws access.link-unknown, access.link-used, access.link-expired */
export async function checkLink(db: Db, kind: 'setup' | 'invite', token: string, now: Date): Promise<LinkRow> {
  const link = await findLink(db, hashOf(token), kind);
  if (!link) throw new AppError('access.link-unknown', 'This link is not one that Danbi gave out. Check that it was copied completely.', 'forbidden');
  if (link.usedAt) throw used();
  if (link.expiresAt <= now) throw new AppError('access.link-expired', kind === 'setup' ? 'This link has expired. Restart Danbi to get a new one.' : 'This link has expired. Ask an owner for a new one.', 'forbidden');
  return link;
}

/** Checks a link and uses it up; of two at once one wins. */
export async function redeemLink(tx: Db, kind: 'setup' | 'invite', token: string, now: Date): Promise<LinkRow> {
  const link = await checkLink(tx, kind, token, now);
  if (!(await spendLink(tx, hashOf(token), now))) throw used();
  return link;
}

const used = () => new AppError('access.link-used', 'This link was used already. Sign in instead.', 'forbidden');
