import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

/**
 * A real randomised e-mail test on 64,000 customers (MineThatData E-Mail Analytics challenge, 2008, public domain), taken in
 * through the public API only: people by CSV, arms as assignments given from outside, outcomes as events.
 */
const REAL = join(process.cwd(), '..', 'shared', 'data', 'hillstrom.csv.gz');
const SYNTHETIC = join(process.cwd(), 'test', 'cases', 'hillstrom-shape.csv');
const ARMS: Record<string, string> = { 'Mens E-Mail': 'mens', 'Womens E-Mail': 'womens', 'No E-Mail': 'none' };
const SENT_AT = '2008-03-20T15:00:00.000Z';
const OUTCOME_AT = '2008-03-24T12:00:00.000Z';

interface Customer { id: string; segment: string; visit: string; conversion: string; spend: string }
interface Arm { people: number; visits: number; conversions: number; spend: number }

const files = [
  { name: 'a small file of the same shape', path: SYNTHETIC, wanted: { mens: { people: 4, visits: 2, conversions: 1, spend: 29.99 }, womens: { people: 3, visits: 2, conversions: 2, spend: 100.01 }, none: { people: 3, visits: 1, conversions: 0, spend: 0 } } as Record<string, Arm> },
  ...(existsSync(REAL) ? [{ name: 'the real file', path: REAL, wanted: { mens: { people: 21_307, visits: 3_894, conversions: 267, spend: 30_311.69 }, womens: { people: 21_387, visits: 3_238, conversions: 189, spend: 23_038.11 }, none: { people: 21_306, visits: 2_262, conversions: 122, spend: 13_908.33 } } as Record<string, Arm> }] : []),
];

describe.each(files)('$name', ({ name, path, wanted }) => {
  let app: TestApp;
  let results: { variants: { key: string; isControl: boolean; assigned: number; sent: number; goals: { key: string; converted: number; value: number | null; matured: { converted: number } }[] }[] };
  const seconds: Record<string, number> = {};

  const timed = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work();
    seconds[step] = Math.round(performance.now() - start) / 1000;
    return result;
  };

  beforeAll(async () => {
    app = await startTestApp({ clock: new VirtualClock(new Date('2026-11-22T00:00:00Z')) });
    const source = path.endsWith('.gz') ? gunzipSync(readFileSync(path)).toString('utf8') : readFileSync(path, 'utf8');
    // The file has no customer ids; the row number becomes one, as an analyst would add it.
    const csv = source.trim().split(/\r?\n/).map((line, index) => (index === 0 ? `customer_id,${line}` : `h-${String(index).padStart(5, '0')},${line}`)).join('\n');
    const customers = (parse(csv, { columns: true }) as (Record<string, string> & { customer_id: string })[]).map((row) => ({ id: row.customer_id, segment: row.segment!, visit: row.visit!, conversion: row.conversion!, spend: row.spend! }));
    await timed('people', () => importPeople(app, csv, customers.length));
    const campaignId = await recordCampaign(app);
    await timed('assignments', () => assign(app, campaignId, customers));
    await timed('events', () => sendOutcomes(app, customers));
    const answer = await timed('results', () => app.api('GET', `/v1/campaigns/${campaignId}/results`));
    expect(answer.status).toBe(200);
    results = answer.body.steps[0];
    process.stdout.write(`${name}: ${customers.length} people; seconds ${JSON.stringify(seconds)}\n`);
  }, 300_000);
  afterAll(() => app.close());

  test.each(Object.keys(ARMS).map((label) => [label, ARMS[label]!]))('%s has exactly its people, visits, conversions and spend', (_label, key) => {
    const variant = results.variants.find((candidate) => candidate.key === key)!;
    const goal = (goalKey: string) => variant.goals.find((candidate) => candidate.key === goalKey)!;
    expect({ people: variant.assigned, visits: goal('visit').converted, conversions: goal('conversion').converted, spend: goal('conversion').value }).toEqual(wanted[key]);
    expect(goal('visit').matured.converted).toBe(wanted[key]!.visits);
    expect({ isControl: variant.isControl, sent: variant.sent }).toEqual({ isControl: key === 'none', sent: 0 });
  });
});

async function importPeople(app: TestApp, csv: string, rows: number): Promise<void> {
  const answer = await fetch(`${app.url}/v1/imports/people?key=customer_id`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'text/csv' }, body: csv });
  const started = (await answer.json()) as { id: string };
  expect({ status: answer.status, started }).toMatchObject({ status: 202 });
  await app.runner.runUntilIdle();
  const { body } = await app.api('GET', `/v1/imports/${started.id}`);
  expect(body).toMatchObject({ state: 'done', rows: { total: rows, created: rows, updated: 0, unchanged: 0, rejected: 0 } });
}

async function recordCampaign(app: TestApp): Promise<string> {
  const { body } = await app.api('POST', '/v1/campaigns', {
    name: 'Hillstrom 2008',
    definition: {
      type: 'broadcast', external: true,
      arms: [{ key: 'mens', name: 'Mens E-Mail' }, { key: 'womens', name: 'Womens E-Mail' }, { key: 'none', name: 'No E-Mail', control: true }],
      goals: [
        { key: 'visit', name: 'Visit', primary: true, window: { days: 14 }, event: { name: 'Site Visited' } },
        { key: 'conversion', name: 'Order', window: { days: 14 }, event: { name: 'Order Completed' }, value: { property: 'revenue', currency: 'USD' } },
      ],
    },
  });
  const published = await app.api('POST', `/v1/campaigns/${body.id}/publish`, {});
  expect({ status: published.status < 300, problems: published.body.problems }).toEqual({ status: true, problems: undefined });
  return body.id as string;
}

async function assign(app: TestApp, campaignId: string, customers: Customer[]): Promise<void> {
  const lines = customers.map(({ id, segment }) => JSON.stringify({ externalId: id, variant: ARMS[segment], at: SENT_AT })).join('\n');
  const answer = await fetch(`${app.url}/v1/campaigns/${campaignId}/assignments`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'application/x-ndjson' }, body: lines });
  expect(await answer.json()).toMatchObject({ assigned: customers.length, unchanged: 0, rejected: [] });
}

async function sendOutcomes(app: TestApp, customers: Customer[]): Promise<void> {
  const events = customers.flatMap(({ id, visit, conversion, spend }) => [
    ...(visit === '1' ? [{ type: 'track', userId: id, event: 'Site Visited', messageId: `visit-${id}`, timestamp: OUTCOME_AT, properties: {} }] : []),
    ...(conversion === '1' ? [{ type: 'track', userId: id, event: 'Order Completed', messageId: `order-${id}`, timestamp: OUTCOME_AT, properties: { revenue: Number(spend) } }] : []),
  ]);
  for (let from = 0; from < events.length; from += 2_000) {
    const answer = await fetch(`${app.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.key, batch: events.slice(from, from + 2_000) }) });
    expect(await answer.json()).toEqual({ success: true });
  }
}
