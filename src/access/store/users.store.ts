import { row, rows, type Db } from '../../platform/database/db.js';
import type { Role } from '../domain/roles.js';

export type UserState = 'invited' | 'active' | 'disabled';

export interface UserRow {
  id: string;
  email: string;
  name: string;
  role: Role;
  state: UserState;
  /** What they read the dashboard in; null until they chose. */
  language: 'en' | 'ko' | null;
  /** Signing in asks for a code. */
  secondFactor: boolean;
  createdAt: Date;
}

const COLUMNS = `u.id, u.email, u.name, u.role, u.language, u.created_at as "createdAt",
       exists (select from second_factor as f where f.user_id = u.id and f.confirmed_at is not null) as "secondFactor",
       case when u.disabled_at is not null then 'disabled' when u.password_hash is null then 'invited' else 'active' end as state`;

/** Null when the e-mail belongs to somebody already, in any case of letters. */
export function insertUser(db: Db, user: { id: string; email: string; name: string; role: Role; passwordHash: string | null }, now: Date): Promise<UserRow | null> {
  return row<UserRow>(db, `
    insert into app_user as u (id, email, name, role, password_hash, created_at)
    values ($1, $2, $3, $4, $5, $6::timestamptz)
    on conflict (lower(email)) do nothing
    returning ${COLUMNS}`, [user.id, user.email, user.name, user.role, user.passwordHash, now]);
}

export function loadUser(db: Db, id: string): Promise<UserRow | null> {
  return row<UserRow>(db, `select ${COLUMNS} from app_user as u where u.id = $1`, [id]);
}

/** In order of joining; `after` is the last id of the page before (ids are time-ordered). */
export function listUsers(db: Db, after: string | null, limit: number): Promise<UserRow[]> {
  return rows<UserRow>(db, `select ${COLUMNS} from app_user as u where ($1::uuid is null or u.id > $1::uuid) order by u.id limit $2`, [after, limit]);
}

export async function hasUsers(db: Db): Promise<boolean> {
  const found = await row<{ found: boolean }>(db, 'select exists (select 1 from app_user) as found');
  return found!.found;
}

/** Makes all others who change owners, or set up, wait for the end of this transaction. */
export async function lockOwnership(db: Db): Promise<void> {
  await db.query('lock table app_user in share row exclusive mode');
}

/** Whether somebody else could still administer: an owner who is active, so invited and disabled ones do not count. */
export async function hasOtherOwner(db: Db, id: string): Promise<boolean> {
  const found = await row<{ found: boolean }>(db, `
    select exists (select 1 from app_user as u
      where u.role = 'owner' and u.disabled_at is null and u.password_hash is not null and u.id <> $1) as found`, [id]);
  return found!.found;
}

/** The names of those who can give roles: owners who are active, in order of joining. */
export function listOwners(db: Db): Promise<{ name: string; email: string }[]> {
  return rows(db, `
    select u.name, u.email from app_user as u
     where u.role = 'owner' and u.disabled_at is null and u.password_hash is not null order by u.id limit 20`);
}

/** What somebody changes about themselves. */
export interface OwnChange { name?: string; language?: 'en' | 'ko' | null }

export function updateSelf(db: Db, id: string, change: OwnChange): Promise<UserRow | null> {
  return row<UserRow>(db, `
    update app_user as u
       set name = coalesce($2, u.name), language = case when $4 then $3 else u.language end
     where u.id = $1
    returning ${COLUMNS}`, [id, change.name ?? null, change.language ?? null, change.language !== undefined]);
}

export interface UserChange { name?: string; role?: Role; disabled?: boolean }

export function updateUser(db: Db, id: string, change: UserChange, now: Date): Promise<UserRow | null> {
  return row<UserRow>(db, `
    update app_user as u
       set name = coalesce($2, u.name), role = coalesce($3, u.role),
           disabled_at = case when $4::boolean is null then u.disabled_at when $4 then coalesce(u.disabled_at, $5::timestamptz) end
     where u.id = $1
    returning ${COLUMNS}`, [id, change.name ?? null, change.role ?? null, change.disabled ?? null, now]);
}

export function deleteUser(db: Db, id: string): Promise<UserRow | null> {
  return row<UserRow>(db, `delete from app_user as u where u.id = $1 returning ${COLUMNS}`, [id]);
}

export async function setPassword(db: Db, id: string, passwordHash: string): Promise<void> {
  await db.query('update app_user as u set password_hash = $2 where u.id = $1', [id, passwordHash]);
}

/** What a sign-in is checked against; people who are invited or disabled are not found. */
export function findCredentials(db: Db, email: string): Promise<{ id: string; passwordHash: string } | null> {
  return row(db, `
    select u.id, u.password_hash as "passwordHash" from app_user as u
     where lower(u.email) = lower($1) and u.password_hash is not null and u.disabled_at is null`, [email]);
}
