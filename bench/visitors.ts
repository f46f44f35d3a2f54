import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { DataSource } from 'typeorm';
import { ApiKeys } from '../src/access/api-keys.service.js';
import { startApp } from '../src/app.js';
import { Drafts } from '../src/campaigns/publishing/drafts.service.js';
import { Publishing } from '../src/campaigns/publishing/publish.service.js';
import { CampaignDefinition } from '../src/contract/campaign.js';
import { newId } from '../src/kernel/ids.js';
import { readConfig } from '../src/platform/config.js';
import { row, rows } from '../src/platform/database/db.js';
import { median, type BenchContext, type BenchRow } from './bench.js';
import type { Given } from './visitors-bare.js';
import { cpuOfServer, cpuOfThis } from './tracking.js';
import type { Posted, Posts } from './visitors-client.js';
import { prepareFloors, rawAcks, rawClaims } from './visitors-floors.js';

const RULES = 50;
const BOOTS = 2_000;
const CLAIMS = 600;
const BROWSERS = 32;
const ROUNDS = 3;
/** On a machine that is busy no further round begins after this. */
const MOST_MS = 40_000;
const OWNER = { kind: 'server_key', id: newId(), role: 'owner' } as const;

interface Measured { rate: number; p95: number; bare: number; raw: number | null; client: number; own: number; database: number }
type Kind = 'boot, 200' | 'boot, 304' | 'claim' | 'claim of a campaign with a cap' | 'ack of an impression';
interface World { key: string; plain: string; capped: string }
/** The service, the bare routes and the browsers, each a process of its own. */
interface Parties { port: number; bare: ChildProcess; barePort: number; browsers: ChildProcess; postmaster: number }

/**
 * What browsers ask for, over HTTP and stored before it is answered, beside Fastify alone that answers the same bytes, and beside
 * the same rows inserted by hand, one transaction each, over as many connections. One after the other in each round.
 */
export async function bench({ url }: BenchContext): Promise<BenchRow[]> {
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'error', ROLE: 'api', VISITOR_REQUESTS_PER_MINUTE: '1000000' });
  const app = await startApp({ config, databaseUrl: url });
  const db = app.nest.get(DataSource, { strict: false });
  const [browsers, bare] = ['./visitors-client.js', './visitors-bare.js'].map((file) => fork(fileURLToPath(new URL(file, import.meta.url)), { execArgv: [] })) as [ChildProcess, ChildProcess];
  try {
    const [{ port: barePort }] = (await once(bare, 'message')) as [{ port: number }];
    const { secret: key } = await app.nest.get(ApiKeys, { strict: false }).create({ kind: 'write', name: 'bench' }, 'setup');
    const [capped, plain] = await publishRules(app.nest.get(Drafts, { strict: false }), app.nest.get(Publishing, { strict: false }));
    await prepareFloors(db);
    const { postmaster } = (await row<{ postmaster: number }>(db, `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as postmaster`))!;
    const found = new Map<Kind, Measured[]>();
    const until = performance.now() + MOST_MS;
    let done = 0;
    // The first round only warms up.
    for (let round = 0; round <= 1 || (round <= ROUNDS && performance.now() < until); round += 1) {
      done += 1;
      const measured = await oneRound(db, { key, plain: plain!, capped: capped! }, { port: Number(new URL(app.url).port), bare, barePort, browsers, postmaster }, config.DATABASE_POOL);
      if (round > 0) for (const [kind, one] of measured) found.set(kind, [...(found.get(kind) ?? []), one]);
    }
    const { shown, durable } = (await row<{ shown: number; durable: boolean }>(db, `
      select (select count(*) from in_app_message)::int as shown, current_setting('synchronous_commit') = 'on' and current_setting('fsync') = 'on' as durable`))!;
    if (shown !== CLAIMS * done || !durable) throw new Error(`${shown} of ${CLAIMS * done} impressions are stored, durable: ${durable}`);
    return [...found].flatMap(([kind, rounds]) => linesOf(kind, rounds));
  } finally {
    browsers.kill();
    bare.kill();
    await app.close();
  }
}

/** Fifty auto messages for everybody; the first has a cap. */
async function publishRules(drafts: Drafts, publishing: Publishing): Promise<string[]> {
  const message = { id: 'message', type: 'message', channel: 'in_app', variants: [{ key: 'A', content: { title: 'Offer', body: 'Hello {{default person.name "there"}}', buttons: [{ label: 'Look', url: 'https://shop.example/offer' }] } }] };
  const ids: string[] = [];
  for (let rule = 0; rule < RULES; rule += 1) {
    const display = { page: { include: [{ pattern: `/area-${rule}/*/offer` }] }, trigger: { type: 'dwell', seconds: 5 + rule }, ...(rule === 0 ? { cap: 1_000_000 } : {}) };
    const { id } = await drafts.create({ name: `Offer ${rule}`, definition: CampaignDefinition.parse({ type: 'auto_message', display, message }) }, OWNER);
    await publishing.publish(id, {}, OWNER);
    ids.push(id);
  }
  return ids;
}

async function oneRound(db: DataSource, { key, plain, capped }: World, parties: Parties, connections: number): Promise<Map<Kind, Measured>> {
  const boots = (e?: string) => Array.from({ length: BOOTS }, () => JSON.stringify({ k: key, a: randomUUID(), ...(e === undefined ? {} : { e }) }));
  const found = new Map<Kind, Measured>();
  const both = async (kind: Kind, path: string, bodies: string[], status = 200) => {
    const asked = { path, bodies, browsers: BROWSERS, status };
    const before = await spent(parties.postmaster);
    const ours = await posted(parties.browsers, { ...asked, port: parties.port });
    const after = await spent(parties.postmaster);
    await teach(parties.bare, { path, status, headers: headersOf(ours.head), body: ours.body });
    const floor = await posted(parties.browsers, { ...asked, port: parties.barePort });
    found.set(kind, { rate: ours.rate, p95: ours.p95, bare: floor.rate, raw: null, client: ours.cpuMicros, own: (after.own - before.own) / bodies.length, database: (after.database - before.database) / bodies.length });
    return ours;
  };
  const { head } = await both('boot, 200', '/v1/boot', boots());
  await both('boot, 304', '/v1/boot', boots(headersOf(head).etag), 304);
  const claims = (await visitors(db)).map((a) => ({ a, c: randomUUID() }));
  const claimOf = (campaign: string) => ({ a, c }: { a: string; c: string }) => JSON.stringify({ k: key, a, r: campaign, c, s: randomUUID(), url: 'https://shop.example/area-1/shoes/offer', why: { dwell: 6_000 } });
  const { body } = await both('claim', '/v1/claim', claims.map(claimOf(plain)));
  if (!Buffer.from(body, 'base64').toString().startsWith('{"ok":1')) throw new Error(`claim: ${Buffer.from(body, 'base64').toString()}`);
  found.get('claim')!.raw = await rawClaims(db, claims.map(({ c }) => c), connections);
  await both('ack of an impression', '/v1/ack', claims.map(({ a, c }) => JSON.stringify({ k: key, a, c, do: 'shown' })));
  found.get('ack of an impression')!.raw = await rawAcks(db, claims.map(({ c }) => c), connections);
  const others = (await visitors(db)).map((a) => ({ a, c: randomUUID() }));
  await both('claim of a campaign with a cap', '/v1/claim', others.map(claimOf(capped)));
  found.get('claim of a campaign with a cap')!.raw = await rawClaims(db, others.map(({ c }) => c), connections);
  return found;
}

/** Anonymous visitors that are known already. @returns their anonymous ids */
async function visitors(db: DataSource): Promise<string[]> {
  const known = Array.from({ length: CLAIMS }, () => ({ id: newId(), a: randomUUID() }));
  await rows(db, `
    with given as (select * from jsonb_to_recordset($1::jsonb) as g (id uuid, a text)),
    made as (insert into person (id, kind, first_seen_at, last_seen_at, created_at, updated_at) select g.id, 'visitor', now(), now(), now(), now() from given as g)
    insert into person_identity (kind, value, person_id, linked_at) select 'anonymous_id', g.a, g.id, now() from given as g`, [JSON.stringify(known)]);
  return known.map(({ a }) => a);
}

async function posted(browsers: ChildProcess, posts: Posts): Promise<Posted> {
  browsers.send(posts);
  const [answer] = (await once(browsers, 'message')) as [Posted | { error: string }];
  if ('error' in answer) throw new Error(`${posts.path}: ${answer.error}`);
  return answer;
}

/** CPU time used so far, in microseconds. */
const spent = async (postmaster: number) => ({ own: cpuOfThis(), database: await cpuOfServer(postmaster) });

async function teach(bare: ChildProcess, given: Given): Promise<void> {
  bare.send(given);
  await once(bare, 'message');
}

/** The headers of an answer but for those that a server writes itself. */
function headersOf(head: string): Record<string, string> {
  const lines = head.split('\r\n').slice(1).map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]);
  return Object.fromEntries(lines.filter(([name]) => !['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding'].includes(name!)));
}

/** Ratios are of two measurements seconds apart; the middle one counts. */
function linesOf(kind: Kind, rounds: Measured[]): BenchRow[] {
  const middle = (of: (one: Measured) => number) => median(rounds.map(of));
  const rate = middle((one) => one.rate);
  const beside = (name: string, floor: (one: Measured) => number): BenchRow => ({ name: `${kind}, beside ${name}`, value: rate, unit: '/s', floor: middle(floor), ratio: middle((one) => one.rate / floor(one)), budget: '-', ok: true });
  const alone = (name: string, value: number, unit: string): BenchRow => ({ name: `  ${name}`, value, unit, floor: null, ratio: null, budget: '-', ok: true });
  return [
    beside('a bare Fastify route', (one) => one.bare),
    ...(rounds[0]!.raw === null ? [] : [beside('the same rows inserted', (one) => one.raw!)]),
    alone(`95th percentile, ${BROWSERS} at once`, middle((one) => one.p95), 'ms'),
    alone('CPU of the service for a request', middle((one) => one.own), 'µs'), alone('CPU of PostgreSQL', middle((one) => one.database), 'µs'),
    alone('CPU of the client', middle((one) => one.client), 'µs'),
  ];
}
