import { expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { AckAnswer, AckRequest, ClaimAnswer } from '../../src/contract/visitor-wire.js';
import { row, rows } from '../../src/platform/database/db.js';
import type { TestApp } from './app.js';

export type Granted = Extract<ClaimAnswer, { ok: 1 }>;
export type Said = Partial<{ c: string; s: string; u: string; why: object; url: string; d: string }>;

/** Posts as the SDK does: JSON as plain text, nothing in headers. */
export async function post<T>(url: string, path: string, body: unknown): Promise<{ status: number; body: T }> {
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: typeof body === 'string' ? body : JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as T };
}

/** One browser. */
export class Browser {
  visit: string = randomUUID();

  constructor(readonly url: string, private readonly key: string, readonly id: string, readonly user?: string) {}

  private who(more: { u?: string } = {}) {
    const u = more.u ?? this.user;
    return { k: this.key, a: this.id, ...(u === undefined ? {} : { u }) };
  }

  async claim(campaignId: string | null, more: Said = {}): Promise<ClaimAnswer & { key: string }> {
    const key = more.c ?? randomUUID();
    const ask = () => post<ClaimAnswer>(this.url, '/v1/claim', { ...this.claimBody(campaignId, key, more), ...more });
    let answer = await ask();
    // As a browser does: the service was too busy to say, and has changed nothing.
    for (let tries = 0; answer.status === 503 && tries < 20; tries += 1) answer = await ask();
    if (answer.status !== 200) throw new Error(`claim: ${answer.status} ${JSON.stringify(answer.body)}`);
    return { ...answer.body, key };
  }

  claimBody(campaignId: string | null, key: string, more: Said = {}): object {
    return { ...this.who(more), ...(campaignId === null ? {} : { r: campaignId }), c: key, s: this.visit, url: 'https://shop.example/pricing' };
  }

  async ack(key: string, doing: AckRequest['do'], more: object = {}): Promise<AckAnswer> {
    const say = () => post<AckAnswer>(this.url, '/v1/ack', { ...this.who(), c: key, do: doing, ...more });
    let answer = await say();
    for (let tries = 0; answer.status === 503 && tries < 20; tries += 1) answer = await say();
    if (answer.status !== 200) throw new Error(`ack: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Claims and confirms; answers the claim, or the code that refused. */
  async display(campaignId: string, more: Said = {}): Promise<Granted & { key: string } | string> {
    const claim = await this.claim(campaignId, more);
    if (claim.ok === 0) return claim.why;
    expect(await this.ack(claim.key, 'shown')).toEqual({ ok: 1 });
    return claim;
  }
}

/**
 * Every one of these browsers claims, each on a connection of its own that is open before, and all of them have asked before anybody was answered.
 *
 * @returns the answers, as each comes, and how many were under way when the first came
 */
export async function claimTogether(browsers: readonly Browser[], campaignId: string): Promise<{ answers: Promise<ClaimAnswer & { key: string }>[]; underWay: number }> {
  const sockets = await Promise.all(browsers.map(async (browser) => {
    const { hostname, port } = new URL(browser.url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true }).setEncoding('utf8');
    await once(socket, 'connect');
    return socket;
  }));
  let asked = 0;
  let underWay: number | undefined;
  const answers = browsers.map(async (browser, index) => {
    const socket = sockets[index]!;
    const key = randomUUID();
    const body = JSON.stringify(browser.claimBody(campaignId, key));
    socket.write(`POST /v1/claim HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    asked += 1;
    let text = '';
    for await (const part of socket) {
      underWay ??= asked;
      text += part as string;
    }
    if (!text.startsWith('HTTP/1.1 503')) return { ...(JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as ClaimAnswer), key };
    return browser.claim(campaignId, { c: key });
  });
  await Promise.race(answers);
  return { answers, underWay: underWay! };
}

/** A published auto message; its hidden segments are built. */
export async function publishAuto(app: TestApp, definition: unknown, name = '가격 안내'): Promise<string> {
  const made = await app.api('POST', '/v1/campaigns', { name, definition });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  const answer = await app.api('POST', `/v1/campaigns/${made.body.id}/publish`);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  await app.runner.runUntilIdle();
  return made.body.id as string;
}

/** Saves a change of the draft and publishes it. */
export async function republish(app: TestApp, id: string, definition: unknown): Promise<void> {
  const { body } = await app.api('GET', `/v1/campaigns/${id}`);
  expect((await app.api('PUT', `/v1/campaigns/${id}`, { revision: body.revision, name: body.name, definition })).status).toBe(200);
  expect((await app.api('POST', `/v1/campaigns/${id}/publish`)).status).toBe(200);
}

/** What results say, after checking that every step adds up and that they agree with the tables. */
export async function reconciled(app: TestApp, id: string) {
  const { body } = await app.api('GET', `/v1/campaigns/${id}/results`);
  for (const step of body.steps) expect(step.reconciliation.difference).toBe(0);
  const { impressions } = (await row<{ impressions: number }>(app.db, `
    select count(*)::int as impressions from delivery_event as e join delivery as d on d.id = e.delivery_id and d.person_id = e.person_id where d.campaign_id = $1 and e.kind = 'impression'`, [id]))!;
  expect(body.steps.reduce((sum: number, step: { reconciliation: { delivered: number } }) => sum + step.reconciliation.delivered, 0)).toBe(impressions);
  return body;
}

export const refusalsOf = (app: TestApp, campaignId: string) => rows<{ code: string; stage: string; facts: Record<string, unknown> }>(app.db, 'select d.code, d.stage, d.facts from decision as d where d.campaign_id = $1 order by d.at, d.id', [campaignId]);
