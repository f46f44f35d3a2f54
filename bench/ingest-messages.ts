import { newId } from '../src/kernel/ids.js';

/** A message as a published server client sends it. */
export interface Message { type: string; userId: string; event?: string; messageId: string; timestamp: string; properties?: object; traits?: object; context: object }

/** What somebody sends: round 0 says who they are, the others what they did. */
export const message = (person: number, round: number): Message => {
  const shared = { userId: `bench-${person}`, messageId: newId(), timestamp: new Date().toISOString(), context: { library: { name: '@segment/analytics-node', version: '3.1.0' }, locale: 'ko-KR' } };
  if (round === 0) return { ...shared, type: 'identify', traits: { email: `bench-${person}@example.com`, name: `사람 ${person}`, plan: person % 3 === 0 ? 'pro' : 'free', timezone: 'Asia/Seoul' } };
  return { ...shared, type: 'track', event: round % 2 === 0 ? 'Item Added' : '결제 완료', properties: { sku: `sku-${person % 500}`, price: person % 97, currency: 'KRW', note: 'x'.repeat(60) } };
};
