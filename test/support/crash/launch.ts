import type { ApiAnswer } from '../app.js';

/** Where a launch is made: a running Danbi, by its addresses and keys alone. */
export interface Target {
  url: string;
  writeKey: string;
  api(method: string, path: string, body?: unknown): Promise<ApiAnswer<any>>; // eslint-disable-line typescript/no-explicit-any -- answers are examined by the test
}

/** People `p-0` … by the door they come in by in real life. */
export async function identifyPeople({ url, writeKey }: Target, count: number): Promise<void> {
  for (let from = 0; from < count; from += 1_000) {
    const batch = Array.from({ length: Math.min(1_000, count - from) }, (_, index) => ({ type: 'identify', userId: `p-${from + index}`, traits: { email: `p-${from + index}@example.org`, plan: 'pro' } }));
    const answer = await fetch(`${url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey, batch }) });
    if (!answer.ok) throw new Error(`people were refused: ${answer.status} ${await answer.text()}`);
  }
}

/** Publishes an A/B broadcast to everybody on the plan `pro`, which launches at once. @returns the campaign's id */
export async function launchToAll({ api }: Target): Promise<string> {
  const segment = await expectDone(api('POST', '/v1/segments', { name: 'Pro', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'pro' } }));
  const content = { subject: '새 기능', body: '<mj-section><mj-column><mj-text>Hello {{person.externalId}}</mj-text></mj-column></mj-section>' };
  const message = { id: 'message', type: 'message', channel: 'email', variants: [{ key: 'A', content }, { key: 'B', content }] };
  const campaign = await expectDone(api('POST', '/v1/campaigns', { name: 'Launch', definition: { type: 'broadcast', segmentId: segment.id, message } }));
  await expectDone(api('POST', `/v1/campaigns/${campaign.id}/publish`, {}));
  return campaign.id;
}

async function expectDone(answer: Promise<ApiAnswer<any>>): Promise<any> { // eslint-disable-line typescript/no-explicit-any -- see above
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}
