import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp, type RunningApp } from '../../src/app.js';
import { readConfig } from '../../src/platform/config.js';
import { row } from '../../src/platform/database/db.js';
import { startTracer } from '../../src/platform/tracing/tracer.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { series } from '../support/campaign-definitions.js';
import { connect, post, proven } from '../support/provider-hooks.js';
import { Receiver } from '../support/receiver.js';
import { TEST_SECRET_KEY } from '../support/secret-keys.js';

interface Span { traceId: string; spanId: string; parentSpanId?: string; name: string; startTimeUnixNano: string; endTimeUnixNano: string; attributes: { key: string; value: Record<string, unknown> }[]; instance: string; role: string }
interface Resources { resourceSpans: { resource: { attributes: Span['attributes'] }; scopeSpans: { spans: Omit<Span, 'instance' | 'role'>[] }[] }[] }

const collector = new Receiver();
let app: TestApp;
let worker: RunningApp;
let folder: string;
let spans: Span[];
let event: { id: string };
let delivery: { id: string; enrollmentId: string; campaignId: string };

const valueOf = (attributes: Span['attributes'], key: string) => attributes.find((one) => one.key === key)?.value.stringValue as string;
const received = (): Span[] => collector.got.flatMap(({ body }) => (JSON.parse(body) as Resources).resourceSpans.flatMap(({ resource, scopeSpans }) =>
  scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, instance: valueOf(resource.attributes, 'service.instance.id'), role: valueOf(resource.attributes, 'danbi.role') })))));
/** Waits until the row is there: workers run by themselves here. */
const until = async <T>(find: () => Promise<T | null>): Promise<T> => {
  for (;;) {
    const found = await find();
    if (found) return found;
    await new Promise((again) => { setTimeout(again, 50); });
  }
};

beforeAll(async () => {
  await collector.start();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}` };
  app = await startTestApp({ workers: 'running', env: { ...env, ROLE: 'api' } });
  folder = await mkdtemp(join(tmpdir(), 'danbi-worker-'));
  worker = await startApp({ databaseUrl: app.databaseUrl, config: readConfig({ ...env, ROLE: 'worker', PORT: '0', LOG_LEVEL: 'error', DATA_DIR: folder, DANBI_SECRET_KEY: TEST_SECRET_KEY }) });
  const created = await app.api('POST', '/v1/campaigns', { name: '주문 감사', definition: series({ entry: { type: 'event', event: 'Order Completed' } }) });
  expect((await app.api('POST', `/v1/campaigns/${created.body.id}/publish`, {})).status).toBe(200);
  const tell = (path: string, body: object) => fetch(`${app.url}/v1/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.writeKey, userId: 'secret-person', ...body }) });
  expect((await tell('identify', { traits: { email: 'secret.address@example.com', name: '비밀' } })).status).toBe(200);
  expect((await tell('track', { event: 'Order Completed', properties: { note: 'secret-note' } })).status).toBe(200);
  delivery = await until(() => row<typeof delivery>(app.db, `select d.id, d.enrollment_id as "enrollmentId", d.campaign_id as "campaignId" from delivery as d where d.state = 'sent'`));
  event = (await row<typeof event>(app.db, `select e.id from event as e where e.name = 'Order Completed'`))!;
  const connection = await connect(app, 'postmark');
  const report = { RecordType: 'Delivery', ID: 1, MessageID: 'a', MessageStream: 'broadcast', Metadata: { mid: delivery.id }, Recipient: 'secret.address@example.com', DeliveredAt: new Date().toISOString() };
  expect((await post(app, connection, proven('postmark', report, new Date()))).status).toBe(200);
  await until(() => row(app.db, `select 1 from delivery as d where d.state = 'delivered'`));
  // What waits is sent at the end.
  await worker.close();
  await app.close();
  spans = received();
}, 120_000);
afterAll(async () => {
  await collector.stop();
  await rm(folder, { recursive: true, force: true });
});

test('one trace leads from the event over the run, the message and its handover to the report, across processes', () => {
  const chain = spans.filter(({ traceId }) => traceId === event.id.replaceAll('-', ''));
  const path: Span[] = [];
  for (let next = chain.find(({ parentSpanId }) => !parentSpanId); next; next = chain.find(({ parentSpanId }) => parentSpanId === path.at(-1)!.spanId)) path.push(next);
  expect(path.map(({ name }) => name)).toEqual(['event accepted', 'run begun', 'message queued', 'hand over email', 'report delivered']);
  expect(chain.length).toBe(path.length);
  expect(path.map(({ role }) => role)).toEqual(['api', 'worker', 'worker', 'worker', 'worker']);
  expect(new Set(path.map(({ instance }) => instance)).size).toBe(2);
  expect(valueOf(path[1]!.attributes, 'danbi.campaign.id')).toBe(delivery.campaignId);
  expect(valueOf(path[3]!.attributes, 'danbi.delivery.id')).toBe(delivery.id);
  for (const { startTimeUnixNano: from, endTimeUnixNano: to } of path) expect(BigInt(to) >= BigInt(from)).toBe(true);
});

test('requests and rounds of workers are spans, by their templates', () => {
  const names = spans.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['POST /v1/track', 'POST /v1/campaigns/:id/publish', 'round delivery.email', 'round campaigns.entry']));
});

test('no address, text or person is in what leaves', () => {
  const all = collector.got.map(({ body }) => body).join('\n');
  expect(all).not.toMatch(/secret|비밀|환영|@/);
});

test('every process keeps the same traces of a share, and nothing is loaded without a collector', async () => {
  const share = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' };
  const [one, other] = [await startTracer(readConfig(share)), await startTracer(readConfig(share))];
  const ids = Array.from({ length: 400 }, (_, at) => `0198a5b2${(at * 2_654_435_761 % 2 ** 32).toString(16).padStart(8, '0')}8${at.toString(16).padStart(15, 'c')}`);
  const kept = ids.filter((id) => one!.keeps(id));
  expect(kept).toEqual(ids.filter((id) => other!.keeps(id)));
  expect(kept.length).toBeGreaterThan(50);
  expect(kept.length).toBeLessThan(150);
  await Promise.all([one!.close(), other!.close()]);
  for (const off of [{}, { ...share, OTEL_SDK_DISABLED: 'true' }, { ...share, OTEL_TRACES_SAMPLER: 'always_off' }]) expect(await startTracer(readConfig(off))).toBeNull();
  expect(() => readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' })).toThrow('OTEL_EXPORTER_OTLP_ENDPOINT');
});
