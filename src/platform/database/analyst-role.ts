import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { AppError } from '../../kernel/errors.js';
import { exists, inTransaction, type Db } from './db.js';
import type { DataSource } from 'typeorm';

/** The role that may read the views of the schema `analytics`, and nothing else. Nobody signs in with it; logins are its members. */
export const ANALYSTS = 'danbi_analyst';

/** How a login is kept from burdening the service; whoever has it may choose otherwise for a session, but has no rights to more than reading. */
const LIMITS = { default_transaction_read_only: 'on', statement_timeout: '5min', idle_in_transaction_session_timeout: '10min', lock_timeout: '5s', search_path: 'analytics' };
const CONNECTIONS = 10;

const ident = (name: string) => `"${name.replaceAll('"', '""')}"`;

/**
 * Makes the group and gives it the views there are; running it again changes nothing. Roles belong to the whole server, so this is no
 * migration: it is done when the operator asks for it.
 * @throws analyst.not-permitted when our own role may not make roles
 */
export async function ensureAnalysts(tx: Db): Promise<void> {
  await makeGroup(tx, ANALYSTS);
  await tx.query(`grant usage on schema analytics to ${ANALYSTS}`);
  await tx.query(`grant select on all tables in schema analytics to ${ANALYSTS}`);
  await tx.query(`alter default privileges in schema analytics grant select on tables to ${ANALYSTS}`);
}

/** Makes a group nobody signs in with, if it is not there, and lets it connect. @param group a name of our own */
export async function makeGroup(tx: Db, group: string): Promise<void> {
  const [{ database }] = (await tx.query('select current_database() as database')) as [{ database: string }];
  if (!(await exists(tx, 'select 1 from pg_roles as r where r.rolname = $1', [group]))) {
    await assertMayMakeRoles(tx, group);
    await tx.query(`create role ${group} nologin noinherit`);
  }
  await tx.query(`grant connect on database ${ident(database)} to ${group}`);
}

async function assertMayMakeRoles(tx: Db, group: string): Promise<void> {
  if (await exists(tx, 'select 1 from pg_roles as r where r.rolname = current_user and (r.rolsuper or r.rolcreaterole)')) return;
  throw new AppError('analyst.not-permitted', `The database user of Danbi may not make roles. Ask the administrator of the server to run: create role ${group} nologin; and to make the login a member of it.`, 'forbidden');
}

/** @throws analyst.bad-name */
export function checkLoginName(name: string): string {
  if (/^[a-z][a-z0-9_]{0,62}$/.test(name) && !name.startsWith('pg_') && !name.startsWith('danbi')) return name;
  throw new AppError('analyst.bad-name', 'The name must be 1 to 63 small letters, digits or "_", begin with a letter, and not with "pg_" or "danbi".');
}

/** Makes a login that may read the views. @returns its password, which is kept nowhere else @throws analyst.exists, analyst.not-permitted, analyst.bad-name */
export function createAnalyst(db: DataSource, name: string): Promise<string> {
  return createLogin(db, name, { group: ANALYSTS, ensure: ensureAnalysts, connections: CONNECTIONS, limits: LIMITS });
}

/** What a login belongs to, and how it is kept from burdening the service. */
interface LoginPlan { group: string; ensure(tx: Db): Promise<void>; connections: number; limits: Record<string, string> }

/** @returns the password, which is kept nowhere else @throws analyst.exists, analyst.not-permitted, analyst.bad-name */
export async function createLogin(db: DataSource, name: string, { group, ensure, connections, limits }: LoginPlan): Promise<string> {
  const login = ident(checkLoginName(name));
  const password = randomBytes(24).toString('base64url');
  await inTransaction(db, async (tx) => {
    if (await exists(tx, 'select 1 from pg_roles as r where r.rolname = $1', [name])) throw new AppError('analyst.exists', `There is a role "${name}" already. Choose another name, or remove it first with --remove.`, 'conflict');
    await ensure(tx);
    await assertMayMakeRoles(tx, group);
    // The server sees only what it will keep, so the password stands in none of its logs.
    await tx.query(`create role ${login} login inherit connection limit ${connections} password '${scramVerifier(password)}' in role ${group}`);
    for (const [setting, value] of Object.entries(limits)) await tx.query(`alter role ${login} set ${setting} = '${value}'`);
  });
  return password;
}

/** @throws analyst.unknown when there is no such login of ours */
export function removeAnalyst(db: DataSource, name: string): Promise<void> {
  return removeLogin(db, name, [ANALYSTS]);
}

/** @throws analyst.unknown when there is no such login in these groups */
export async function removeLogin(db: DataSource, name: string, groups: readonly string[]): Promise<void> {
  await inTransaction(db, async (tx) => {
    const ours = await exists(tx, 'select 1 from pg_auth_members as m join pg_roles as r on r.oid = m.member join pg_roles as g on g.oid = m.roleid where r.rolname = $1 and g.rolname = any($2)', [name, groups]);
    if (!ours) throw new AppError('analyst.unknown', `There is no such login "${name}".`, 'not_found');
    await tx.query(`drop role ${ident(name)}`);
  });
}

const ITERATIONS = 4_096;

/** What PostgreSQL keeps of a password (RFC 5802, SCRAM-SHA-256). */
function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const keyOf = (text: string) => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(keyOf('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${keyOf('Server Key').toString('base64')}`;
}
