import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { email, series } from '../support/campaign-definitions.js';

const BROWSER = { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36', 'accept-language': 'ko-KR' };

let app: TestApp;
// As a new user has it: the real clock, every worker running, Agenda's alarms, the built-in mail server.
beforeAll(async () => { app = await startTestApp({ workers: 'running' }); });
afterAll(() => app.close());

const ok = <T extends { status: number; body: unknown }>(answer: T): T => { if (answer.status >= 300) throw new Error(JSON.stringify(answer.body)); return answer; };
const api = async (method: string, path: string, body?: unknown) => ok(await app.api(method, path, body)).body;

/** Asks again until there is an answer; the service does its work by itself meanwhile. */
async function eventually<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
  const patience = Date.now() + 45_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > patience) throw new Error(`waited in vain for ${what}`);
    await pause(50);
  }
}

async function call(type: string, body: object): Promise<void> {
  const answer = await fetch(`${app.url}/v1/${type}`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${app.writeKey}:`).toString('base64')}`, 'content-type': 'application/json' }, body: JSON.stringify({ messageId: crypto.randomUUID(), ...body }) });
  if (answer.status !== 200) throw new Error(await answer.text());
}

const heldAlarms = () => rows<{ at: Date }>(app.db, `select j."next_run_at" as at from agenda_jobs as j where j.data ->> 'worker' = 'campaigns.advance' and j."next_run_at" is not null`);

test('people, a segment, a series with a wait: the mail comes by itself, its links are followed, the results say so', async () => {
  for (const [userId, country] of [['jiwoo', 'KR'], ['ben', 'US']]) await call('identify', { userId, traits: { email: `${userId}@example.test`, firstName: userId === 'jiwoo' ? '지우' : 'Ben', country } });
  const segment = await api('POST', '/v1/segments', { name: '한국 고객', definition: { type: 'attribute', key: 'country', op: 'is', value: 'KR' } });
  await eventually('the segment', async () => { const now = await api('GET', `/v1/segments/${segment.id}`); return now.state === 'live' && now.memberCount === 1; });

  const content = { subject: '{{person.firstName}}님, 환영합니다', body: '<mj-section><mj-column><mj-text>안녕하세요</mj-text><mj-button href="https://shop.example.test/start?a=1">시작하기</mj-button></mj-column></mj-section>' };
  const definition = series({
    entry: { type: 'segment', segmentId: segment.id }, start: 'pause',
    steps: [{ id: 'pause', type: 'wait', for: { seconds: 2 }, next: 'welcome' }, email('welcome', null, { variants: [{ key: 'A', content }] })],
  });
  const campaign = await api('POST', '/v1/campaigns', { name: '첫 인사', definition });
  expect((await api('POST', `/v1/campaigns/${campaign.id}/check`)).ok).toBe(true);
  await api('POST', `/v1/campaigns/${campaign.id}/publish`);

  const [run] = await eventually('the run', async () => { const { items } = await api('GET', `/v1/campaigns/${campaign.id}/people`); return items.length > 0 ? items : null; });
  expect(run).toMatchObject({ externalId: 'jiwoo' });
  // The moment is kept in the database, so that it would outlive this process.
  const [alarm] = await eventually('the alarm', async () => { const held = await heldAlarms(); return held.length > 0 ? held : null; });
  const [wait] = await rows<{ arrivedAt: Date; dueAt: Date | null }>(app.db, 'select e.entered_at as "arrivedAt", e.due_at as "dueAt" from enrollment as e where e.campaign_id = $1', [campaign.id]);
  expect(alarm!.at.getTime()).toBeGreaterThanOrEqual(wait!.arrivedAt.getTime() + 2_000);

  const [mail] = await eventually('the mail', async () => { const { items } = await api('GET', '/v1/sandbox/mails'); return items.length > 0 ? items : null; });
  expect(mail).toMatchObject({ to: 'jiwoo@example.test', subject: '지우님, 환영합니다' });
  const { html } = await api('GET', `/v1/sandbox/mails/${mail.id}`);
  const linked = (path: string) => new URL(new RegExp(`"[^"]*(/${path}/[^"]+)"`).exec(html)![1]!, app.url);
  expect((await fetch(linked('o'), { headers: BROWSER })).headers.get('content-type')).toBe('image/gif');
  const click = await fetch(linked('c'), { headers: BROWSER, redirect: 'manual' });
  expect([click.status, click.headers.get('location')]).toEqual([302, 'https://shop.example.test/start?a=1']);
  await call('track', { userId: 'jiwoo', event: 'Project Created' });

  const [step] = await eventually('the results', async () => {
    const { steps } = await api('GET', `/v1/campaigns/${campaign.id}/results`);
    const [variant] = steps[0].variants;
    const clicks = variant.clicked.human + variant.clicked.machine + variant.clicked.unknown;
    return variant.sent === 1 && variant.opened.human === 1 && clicks === 1 && variant.goals[0].converted === 1 ? steps : null;
  });
  expect(step).toMatchObject({ stepId: 'welcome', eligible: 1, reconciliation: { difference: 0, refused: 0 } });
  expect((await api('GET', '/v1/sandbox/mails')).items).toHaveLength(1);
  const told = await api('GET', `/v1/campaigns/${campaign.id}/explain?personId=${run.personId}`);
  expect(told).toMatchObject({ basis: 'ledger', runs: [{ state: 'completed', steps: [{ stepId: 'pause', outcome: 'waited' }, { stepId: 'welcome', outcome: 'queued' }] }] });
});
