import pg from 'pg';
import { hostOf } from '../../../platform/network/judged-host.js';
import { AppError } from '../../../kernel/errors.js';
import { decoded, type Reach } from './reach.js';

const CONNECT_MS = 10_000;
const STATEMENT_MS = 30_000;
/** Rows with one value of the cursor come together, and so many fit into memory: a change of a whole table in one statement gives all its rows one time. */
export const MOST_TIES = 20_000;

export interface PostgresRows { rows: Record<string, unknown>[]; cursor: string | null }

/**
 * The next rows of a query after a cursor, oldest first, in a transaction that can not write. Rows with the same value of the cursor
 * come together, so that none is left between two batches.
 *
 * @throws pull.* in words for people
 */
export async function readPostgres(reach: Reach, text: string, { query, cursorColumn, cursor, limit, mostTies = MOST_TIES }: { query: string; cursorColumn: string; cursor: string | null; limit: number; /** for tests */ mostTies?: number }): Promise<PostgresRows> {
  const url = new URL(text);
  const { address, isPublic } = await reach.to(hostOf(url));
  const name = hostOf(url);
  const mode = url.searchParams.get('sslmode');
  const client = new pg.Client({
    host: address, port: url.port === '' ? 5432 : Number(url.port), user: decoded(url.username), password: decoded(url.password), database: decoded(url.pathname.slice(1)),
    connectionTimeoutMillis: CONNECT_MS, query_timeout: STATEMENT_MS + 5_000, application_name: 'danbi',
    // Across the internet encrypted and verified, whatever the address says; inside as it says.
    ssl: isPublic || mode === 'verify-full' ? { servername: name } : mode === 'require' ? { rejectUnauthorized: false } : false,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('begin transaction read only');
    await client.query(`set local statement_timeout = ${STATEMENT_MS}`);
    const column = pg.escapeIdentifier(cursorColumn);
    const { rows } = await client.query<{ danbi_cursor: string; danbi_row: Record<string, unknown> }>(`
      select * from (
        select q.${column}::text as danbi_cursor, to_jsonb(q) as danbi_row from (${query}\n) as q
         where q.${column} is not null ${cursor === null ? '' : `and q.${column} > $1`}
         order by q.${column} fetch first ${limit} rows with ties) as page
       limit ${mostTies + 1}`, cursor === null ? [] : [cursor]);
    if (rows.length > mostTies) throw new AppError('pull.ties', `More than ${mostTies} rows have the same value in "${cursorColumn}". Ask with a column that tells them apart, such as a growing number.`, 'invalid');
    return { rows: rows.map(({ danbi_row: found }) => found), cursor: rows.at(-1)?.danbi_cursor ?? cursor };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('pull.postgres', `PostgreSQL says: ${(error as Error).message.slice(0, 300)}.`, 'invalid', [], { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}
