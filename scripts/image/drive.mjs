// A newcomer's first minutes, over HTTP: the owner's account, people, a launch.
const json = { 'content-type': 'application/json' };

async function call(url, { key, method = 'POST', body }) {
  const answer = await fetch(url, { method, headers: { ...json, ...(key ? { authorization: `Bearer ${key}` } : {}) }, body: body === undefined ? undefined : JSON.stringify(body), signal: AbortSignal.timeout(60_000) });
  const said = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${said.slice(0, 500)}`);
  return said === '' ? null : JSON.parse(said);
}

export const readiness = async (url) => (await fetch(`${url}/health/ready`)).status;

/** Makes the first account. @returns the keys of the workspace */
export const setUp = (url, token) => call(`${url}/v1/setup`, { body: { token, email: 'owner@example.org', name: 'Owner', password: 'correct horse battery staple', workspace: { name: 'Image', timeZone: 'UTC', language: 'en' } } });

/** Brings people in and launches an e-mail to all of them. @returns when each of them was sent it */
export async function launch(url, { serverKey, writeKey }, people) {
  await call(`${url}/v1/batch`, { body: { writeKey, batch: Array.from({ length: people }, (_, n) => ({ type: 'identify', userId: `p-${n}`, traits: { email: `p-${n}@example.org`, plan: 'pro' } })) } });
  const segment = await call(`${url}/v1/segments`, { key: serverKey, body: { name: 'Pro', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'pro' } } });
  const content = { subject: 'Hello', body: '<mj-section><mj-column><mj-text>Hello {{person.externalId}}</mj-text></mj-column></mj-section>' };
  const message = { id: 'message', type: 'message', channel: 'email', variants: [{ key: 'A', content }] };
  const campaign = await call(`${url}/v1/campaigns`, { key: serverKey, body: { name: 'Launch', definition: { type: 'broadcast', segmentId: segment.id, message } } });
  await call(`${url}/v1/campaigns/${campaign.id}/publish`, { key: serverKey, body: {} });
  return campaign.id;
}
