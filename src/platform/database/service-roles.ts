import type { DataSource } from 'typeorm';
import { AppError } from '../../kernel/errors.js';
import { createLogin, makeGroup, removeLogin } from './analyst-role.js';
import { exists, row, type Db } from './db.js';

/** May do the daily work of the service on the rows, and change nothing of the schema. */
export const SERVICE = 'danbi_service';
/** May read everything, for backups of the database by `pg_dump`. */
export const BACKUP = 'danbi_backup';

/** Connections of one login: some processes of the service. */
const CONNECTIONS = 200;
const MAINTAIN_SINCE = 170_000;

/**
 * Makes the groups, and gives them what there is and what the caller makes from now on; running it again changes nothing. Called by whoever owns the
 * tables: default rights are those of the one who gives them.
 * @throws analyst.not-permitted when our own role may not make roles
 */
export async function ensureServiceRoles(tx: Db): Promise<void> {
  const stranger = await row<{ name: string }>(tx, `select t.tablename as name from pg_tables as t where t.schemaname = 'public' and t.tableowner <> current_user and not pg_has_role(t.tableowner, 'usage') limit 1`);
  if (stranger) throw new AppError('roles.not-owner', `The table "${stranger.name}" belongs to another user of the database. Run this as the owner of the tables.`, 'forbidden');
  for (const group of [SERVICE, BACKUP]) await makeGroup(tx, group);
  const version = (await row<{ number: number }>(tx, `select current_setting('server_version_num')::int as number`))!.number;
  const rights = `select, insert, update, delete${version >= MAINTAIN_SINCE ? ', maintain' : ''}`;
  for (const said of [
    `grant usage on schema public to ${SERVICE}`, `grant usage on schema public, analytics to ${BACKUP}`,
    `grant ${rights} on all tables in schema public to ${SERVICE}`, `grant select on all tables in schema public, analytics to ${BACKUP}`,
    `grant usage, select on all sequences in schema public to ${SERVICE}`, `grant select on all sequences in schema public to ${BACKUP}`,
    // Which release made the schema is said by migrations alone.
    `revoke insert, update, delete on migration from ${SERVICE}`,
    `grant execute on function danbi_make_month(text, date), danbi_drop_month(text) to ${SERVICE}`,
    `alter default privileges in schema public grant ${rights} on tables to ${SERVICE}`, `alter default privileges in schema public grant select on tables to ${BACKUP}`,
    `alter default privileges in schema public grant usage, select on sequences to ${SERVICE}`, `alter default privileges in schema public grant select on sequences to ${BACKUP}`,
    `alter default privileges in schema analytics grant select on tables to ${BACKUP}`,
  ]) await tx.query(said);
}

/** Gives the service what a migration has just made; nothing where there is no such role. */
export async function grantServiceRoles(db: DataSource): Promise<void> {
  if (await exists(db, 'select 1 from pg_roles as r where r.rolname = $1', [SERVICE])) await db.transaction(ensureServiceRoles);
}

/** Makes a login in a group. @returns its password, which is kept nowhere else */
export function createServiceLogin(db: DataSource, name: string, group: typeof SERVICE | typeof BACKUP): Promise<string> {
  return createLogin(db, name, { group, ensure: ensureServiceRoles, connections: CONNECTIONS, limits: group === BACKUP ? { default_transaction_read_only: 'on' } : {} });
}

/** @throws analyst.unknown when there is no such login of ours */
export async function removeServiceLogin(db: DataSource, name: string): Promise<void> {
  await removeLogin(db, name, [SERVICE, BACKUP]);
}

/** Whether this user may change the schema; what a login of the service may not. */
export const mayChangeSchema = (db: Db): Promise<boolean> => exists(db, `select 1 where has_schema_privilege('public', 'create')`);
