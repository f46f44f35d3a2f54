import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DataSource } from 'typeorm';
import { startApp } from '../src/app.js';
import { LinkKeys } from '../src/delivery/tracking/link-keys.service.js';
import { newId } from '../src/kernel/ids.js';
import { readConfig } from '../src/platform/config.js';
import { row, rows } from '../src/platform/database/db.js';
import { median, type BenchContext, type BenchRow } from './bench.js';
import type { Load, Measured } from './tracking-client.js';

const REQUESTS = 10_000;
const READERS = 200;
const ROUNDS = 5;
const BUDGET = 0.5;
const KINDS = ['open', 'click'] as const;
const STATUS = { open: 200, click: 302 };

/** Requests a second of both, and the CPU time of everybody for one request, in microseconds. */
interface Round { ratio: number; rate: number; floor: number; own: number; database: number; client: number; bare: number; bareClient: number }

/**
 * Opens and clicks of messages that were sent, each stored before it is answered, beside a Fastify route that answers the same
 * at once: each in a process of its own, asked by the same client over as many connections, one after the other in each round.
 */
export async function bench({ url, people }: BenchContext): Promise<BenchRow[]> {
  const app = await startApp({ config: readConfig({ PORT: '0', LOG_LEVEL: 'error', LINK_REQUESTS_PER_MINUTE: '1000000', ROLE: 'api' }), databaseUrl: url });
  const db = app.nest.get(DataSource, { strict: false });
  const [client, bare] = ['./tracking-client.js', './tracking-bare.js'].map((file) => fork(fileURLToPath(new URL(file, import.meta.url)), { execArgv: [] })) as [ChildProcess, ChildProcess];
  try {
    const [{ port: barePort }] = (await once(bare, 'message')) as [{ port: number }];
    const paths = await addresses(app, db, Math.min(people, REQUESTS));
    const { postmaster } = (await row<{ postmaster: number }>(db, `select split_part(pg_read_file('postmaster.pid'), E'\n', 1)::int as postmaster`))!;
    const found: Record<(typeof KINDS)[number], Round[]> = { open: [], click: [] };
    // The first round only warms up.
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const kind of KINDS) {
        const asked = { paths: paths[kind], readers: READERS, status: STATUS[kind] };
        const floor = await loaded(client, { ...asked, port: barePort }, () => cpuOf(bare));
        const ours = await loaded(client, { ...asked, port: Number(new URL(app.url).port) }, async () => ({ own: cpuOfThis(), database: await cpuOfServer(postmaster) }));
        if (round > 0) found[kind].push({ ratio: ours.rate / floor.rate, rate: ours.rate, floor: floor.rate, ...ours.cpu, client: ours.cpuMicros, bare: floor.cpu.bare, bareClient: floor.cpuMicros });
      }
    }
    const { stored } = (await row<{ stored: number }>(db, 'select count(*)::int as stored from delivery_event'))!;
    const asked = (paths.open.length + paths.click.length) * (ROUNDS + 1);
    if (stored !== asked) throw new Error(`${stored} of ${asked} opens and clicks are stored`);
    return KINDS.flatMap((kind) => linesOf(kind, found[kind]));
  } finally {
    client.kill();
    bare.kill();
    await app.close();
  }
}

/** Ratios are of two measurements seconds apart; the middle one counts. */
function linesOf(kind: 'open' | 'click', rounds: Round[]): BenchRow[] {
  const middle = (key: keyof Round) => median(rounds.map((round) => round[key]));
  const ratio = middle('ratio');
  const spent = (name: string, own: keyof Round, floor: keyof Round | null): BenchRow => ({ name: `  CPU of a request, ${kind}: ${name}`, value: middle(own), unit: 'µs', floor: floor && middle(floor), ratio: null, budget: '-', ok: true });
  return [
    { name: `GET /${kind[0]}, durable / bare Fastify route; ${READERS} readers`, value: middle('rate'), unit: 'requests/s', floor: middle('floor'), ratio, budget: `>= ${BUDGET}`, ok: ratio >= BUDGET },
    spent('the process that answers', 'own', 'bare'), spent('PostgreSQL', 'database', null), spent('the client', 'client', 'bareClient'),
  ];
}

/** What the client measured, and what the readings of `cpu` grew by for each request. */
async function loaded<T extends Record<string, number>>(client: ChildProcess, what: Load, cpu: () => Promise<T>): Promise<Measured & { cpu: T }> {
  const before = await cpu();
  client.send(what);
  const [answer] = (await once(client, 'message')) as [Measured | { error: string }];
  if ('error' in answer) throw new Error(answer.error);
  const after = Object.entries(await cpu()).map(([key, value]) => [key, (value - before[key]!) / what.paths.length]);
  return { ...answer, cpu: Object.fromEntries(after) as T };
}

async function cpuOf(child: ChildProcess): Promise<{ bare: number }> {
  child.send('cpu');
  const [{ cpuMicros }] = (await once(child, 'message')) as [{ cpuMicros: number }];
  return { bare: cpuMicros };
}

export function cpuOfThis(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** CPU time of the server and its processes, those that ended too, in hundredths of a second made microseconds; 0 where there is no /proc. */
export async function cpuOfServer(postmaster: number): Promise<number> {
  // The time of a process that ends while we read would count twice, with itself and with its parent.
  for (let before = await endedOf(postmaster); ; ) {
    const sum = await sumOfServer(postmaster);
    const after = await endedOf(postmaster);
    if (after === before) return sum;
    before = after;
  }
}

const fieldsOf = (stat: string): number[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);

async function endedOf(postmaster: number): Promise<string> {
  const fields = fieldsOf(await readFile(`/proc/${postmaster}/stat`, 'utf8').catch(() => ''));
  return `${fields[13]} ${fields[14]}`;
}

async function sumOfServer(postmaster: number): Promise<number> {
  const all = await Promise.all((await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map((name) => readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')));
  const of = all.map((stat) => ({ id: Number.parseInt(stat), fields: fieldsOf(stat) })).filter(({ id, fields }) => id === postmaster || fields[1] === postmaster);
  return of.reduce((sum, { id, fields }) => sum + (fields[11]! + fields[12]! + (id === postmaster ? fields[13]! + fields[14]! : 0)) * 10_000, 0);
}

/** One open and one click of each of so many messages, sent a day ago. */
async function addresses(app: Awaited<ReturnType<typeof startApp>>, db: DataSource, count: number): Promise<{ open: string[]; click: string[] }> {
  const sent = Array.from({ length: count }, () => ({ id: newId(), personId: newId() }));
  await rows(db, `insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, variant, is_control, topic, state, due_at, queued_at, sent_at, settled_at)
    select s."id", s."personId", $2, $2, 'news', s."id", 'email', 'a', false, 'bench', 'sent', t.at, t.at, t.at, t.at
      from jsonb_to_recordset($1::jsonb) as s("id" uuid, "personId" uuid) cross join (select now() - interval '1 day' as at) as t`, [JSON.stringify(sent), newId()]);
  await rows(db, 'analyze delivery');
  const signer = await app.nest.get(LinkKeys, { strict: false }).signer();
  const pathOf = (address: string) => new URL(address).pathname;
  const links = sent.map(({ id, personId }) => signer.forMessage(id, personId));
  return { open: links.map((link) => pathOf(link.open())), click: links.map((link, index) => pathOf(link.click(index % 20, 'https://example.org/articles/1?from=mail'))) };
}
