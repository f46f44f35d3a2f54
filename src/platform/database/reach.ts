import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { AppError } from '../../kernel/errors.js';

/** How long a server may take to answer. */
const TIMEOUT_MS = 6_000;
const STARTING_UP = '57P03';

/**
 * Connects once to say early, and in one sentence without the password, why a database cannot be used.
 * @param patience milliseconds that a server which says that it is starting up is given
 * @throws database.unreachable, database.refused
 */
export async function assertReachable(url: string, patience = TIMEOUT_MS): Promise<void> {
  const until = performance.now() + patience;
  for (;;) {
    try {
      return await knock(url);
    } catch (error) {
      if (codeOf(error) !== STARTING_UP || performance.now() > until) throw explain(url, error);
      await pause(250);
    }
  }
}

async function knock(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: TIMEOUT_MS, application_name: 'danbi' });
  client.on('error', () => undefined); // The promise of connect() reports it; without a listener Node would end the process.
  try {
    await client.connect();
  } finally {
    // Not awaited: a server that does not answer does not answer the goodbye either.
    void client.end().catch(() => undefined);
  }
}

const codeOf = (error: unknown) => (error as { code?: string }).code;

function explain(url: string, error: unknown): AppError {
  const { host, port, user, database } = partsOf(url);
  const where = `${host}:${port}`;
  const code = codeOf(error) ?? '';
  const message = error instanceof Error ? error.message : String(error);
  const refused = (sentence: string) => new AppError('database.refused', `${sentence} Check DATABASE_URL.`, 'unavailable', [], { cause: error });
  if (code === '28P01' || code === '28000') return refused(`The database server at ${where} does not accept the user "${user}" with this password (${message}).`);
  if (/SASL.*password/.test(message)) return refused(`The database server at ${where} asks for a password, and there is none.`);
  if (code === '3D000') return refused(`The database server at ${where} has no database "${database}". Create it first.`);
  if (/^[0-9A-Z]{5}$/.test(code) && code !== STARTING_UP && !code.startsWith('E')) return refused(`The database server at ${where} refuses the connection: ${message}.`);
  return new AppError('database.unreachable', `No PostgreSQL server can be reached at ${where} (${code || message}). Check DATABASE_URL, and that the server runs.`, 'unavailable', [], { cause: error });
}

function partsOf(url: string): { host: string; port: string; user: string; database: string } {
  if (!URL.canParse(url)) return { host: 'the address given', port: '5432', user: '', database: '' };
  const parsed = new URL(url);
  return { host: parsed.hostname || 'localhost', port: parsed.port || '5432', user: decodeURIComponent(parsed.username), database: decodeURIComponent(parsed.pathname.slice(1)) };
}
