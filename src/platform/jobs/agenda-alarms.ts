import { PostgresBackend } from '@agendajs/postgres-backend';
import { Agenda } from 'agenda';
import pg from 'pg';
import { GuardedClient } from '../database/guarded-client.js';
import type { Db } from '../database/db.js';
import { mayChangeSchema } from '../database/service-roles.js';
import type { Log } from '../logging.js';
import { Alarms } from './alarms.js';

const JOB = 'danbi.alarm';
/** Held while Agenda looks after its table: two processes that replace its trigger at one instant fail with "tuple concurrently updated". */
const AGENDA_SCHEMA_LOCK = 7_305_009;

/**
 * Alarms as Agenda jobs in PostgreSQL, so that they outlive the process. One job a worker and moment, payload = the name
 * only. A job may ring twice, late or in several processes: it only wakes a worker, whose rows say what is due. Agenda's
 * `unique` can race and insert two; that too is harmless here.
 */
export class AgendaAlarms extends Alarms {
  private agenda: Agenda | null = null;
  private pool: pg.Pool | null = null;
  private readonly pending = new Map<string, number>();

  constructor(private readonly url: string, private readonly log: Log) {
    super();
  }

  async start(ring: (name: string) => void): Promise<void> {
    const pool = new pg.Pool({ connectionString: this.url, max: 2, Client: GuardedClient });
    // A connection that is lost while nobody uses it would otherwise end the process.
    pool.on('error', (error) => this.log.warn({ err: error }, 'agenda lost a connection and takes another'));
    // Its own LISTEN is left out: lost, it tries ten times a second and reports each try; the wake channel does the waking.
    const options = { pool, disableNotifications: true };
    if (await mayChangeSchema({ query: async (sql: string, values?: unknown[]) => (await pool.query(sql, values)).rows } as Db)) await alone(pool, () => new PostgresBackend(options).connect());
    // Agenda connects when it is made, and nobody hears of it when that fails; the table is there by now.
    const backend = new PostgresBackend({ ...options, ensureSchema: false });
    const agenda = new Agenda({ backend, processEvery: '2 seconds', defaultLockLimit: 20, removeOnComplete: true });
    agenda.on('error', (error: unknown) => this.log.warn({ err: error }, 'agenda reported an error; the catch-up poll goes on'));
    agenda.define<{ worker: string }>(JOB, async (job) => {
      const { worker } = job.attrs.data;
      this.pending.delete(worker);
      ring(worker);
      // Ringing takes no time. Agenda keeps a timer for half of the lifetime after each job, which delays the end of a process.
    }, { lockLifetime: 4_000 });
    await agenda.start();
    this.agenda = agenda;
    this.pool = pool;
  }

  async set(name: string, at: Date): Promise<void> {
    const second = Math.ceil(at.getTime() / 1000) * 1000;
    const known = this.pending.get(name);
    if (!this.agenda || (known !== undefined && known <= second)) return;
    this.pending.set(name, second);
    await this.agenda.create(JOB, { worker: name }).unique({ 'data.worker': name, nextRunAt: new Date(second) }).schedule(new Date(second)).save();
  }

  async stop(): Promise<void> {
    await this.agenda?.stop();
    this.agenda = null;
    await this.pool?.end();
    this.pool = null;
  }
}

/** Makes the table of Agenda, as its owner, for processes that may not. */
export async function prepareAgenda(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 2, Client: GuardedClient });
  try {
    await alone(pool, () => new PostgresBackend({ pool, disableNotifications: true }).connect());
  } finally {
    await pool.end();
  }
}

/** Does something while no other process does it; a connection of the pool holds the lock, which ends with it. */
async function alone(pool: pg.Pool, work: () => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [AGENDA_SCHEMA_LOCK]);
    await work();
  } finally {
    // Closed rather than given back, so that the lock is gone whatever happened.
    client.release(true);
  }
}
