import { sampleName } from './names.js';

/** The mark of every sample person: this tag, and the attribute `sample` that is true. */
export const SAMPLE_TAG = 'sample';

/** The id by which a sample person is known; nobody real is called so. */
export const sampleId = (index: number): string => `danbi-sample-${String(index + 1).padStart(4, '0')}`;
/** At a domain that can never exist (RFC 2606): a message that leaves by mistake reaches nobody. */
export const sampleAddress = (index: number): string => `${nameOf(index).latin}.${index + 1}@sample.example`;

/** One message as a client of the Segment specification would send it. */
export interface SampleMessage { type: 'identify' | 'track' | 'page'; messageId: string; timestamp: string; [key: string]: unknown }

const DAY = 86_400_000;
const HOUR = 3_600_000;
const DAYS = 90;
const TRIAL_DAYS = 14;
/** A library that is no device: its times are taken as they are. */
const CONTEXT = { library: { name: 'danbi-sample', version: '1' } };
const KO_ZONES = ['Asia/Seoul'];
const EN_ZONES = ['Europe/Berlin', 'America/New_York', 'Europe/London', 'Australia/Sydney'];
const SOURCES = ['search', 'friend', 'newsletter', 'advertisement'];
const FEATURES = ['Boards', 'Reports', 'Automation'];

/** Three of five read Korean. */
const isKorean = (index: number): boolean => index % 5 < 3;
const nameOf = (index: number) => sampleName(isKorean(index), Math.floor(index / 5) * (isKorean(index) ? 3 : 2) + (index % 5) - (isKorean(index) ? 0 : 3));

/** The same numbers for the same person each time (mulberry32): a history begun again is the same history. */
function chance(seed: number): () => number {
  let state = (seed + 1) * 0x9e3779b1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Story { index: number; run: string; signedUp: number; anchor: number; random: () => number; messages: SampleMessage[] }

function add({ index, run, anchor, messages }: Story, at: number, message: Record<string, unknown> & { type: SampleMessage['type'] }): void {
  // What would lie after the end of the history has not happened yet.
  if (at > anchor) return;
  messages.push({ userId: sampleId(index), context: CONTEXT, ...message, messageId: `sample:${run}:${index}:${messages.length}`, timestamp: new Date(at).toISOString() });
}

const pick = <T>(story: Story, from: readonly T[]): T => from[Math.floor(story.random() * from.length)]!;

/**
 * What one of the sample people did in the 90 days before `anchor`: came, signed up, tried, used it, paid or left. Pure: the same
 * arguments give the same messages with the same ids, in the order of time but for what their pages say.
 *
 * @param run names this making of the samples, so that another one after a removal is not taken for a repetition
 */
export function sampleHistory(index: number, run: string, anchor: Date): SampleMessage[] {
  const random = chance(index);
  // More of them lately, as with a product that grows; nobody in the last hour.
  const age = DAYS * DAY * random() ** 1.4;
  const story: Story = { index, run, random, anchor: anchor.getTime(), signedUp: anchor.getTime() - Math.max(age, HOUR), messages: [] };
  arrive(story);
  const active = use(story);
  if (active) pay(story);
  return story.messages;
}

function arrive(story: Story): void {
  const { index, signedUp } = story;
  const korean = isKorean(index);
  const anonymousId = `${sampleId(index)}-browser`;
  const { name } = nameOf(index);
  const site = 'https://www.sample.example';
  const visit = (before: number, path: string, title: string) => { add(story, signedUp - before, { type: 'page', userId: undefined, anonymousId, properties: { url: `${site}${path}`, path, title } }); };
  if (story.random() < 0.6) visit(30 * HOUR * story.random() + HOUR, '/', 'Home');
  visit(20 * 60_000, '/pricing', 'Pricing');
  const traits = {
    sample: true, name, email: sampleAddress(index), language: korean ? 'ko' : 'en', timezone: pick(story, korean ? KO_ZONES : EN_ZONES), createdAt: new Date(signedUp).toISOString(),
    plan: 'trial', trial_ends_at: new Date(signedUp + TRIAL_DAYS * DAY).toISOString(), source: pick(story, SOURCES), seats: 1 + Math.floor(story.random() * 20),
  };
  add(story, signedUp, { type: 'identify', anonymousId, traits });
  add(story, signedUp + 1_000, { type: 'track', event: 'Signed Up', properties: { plan: 'trial', source: traits.source } });
}

/** Days of use until they stay away. Whether they used it enough to pay for it. */
function use(story: Story): boolean {
  const { random, signedUp, anchor } = story;
  const keen = random();
  const stays = keen < 0.3 ? 1 + random() * 4 : keen < 0.55 ? 10 + random() * 20 : DAYS;
  if (keen > 0.2) add(story, signedUp + HOUR * (1 + random() * 40), { type: 'track', event: 'Project Created', properties: { template: pick(story, ['blank', 'team', 'launch']) } });
  if (keen > 0.45) add(story, signedUp + DAY * (1 + random() * 5), { type: 'track', event: 'Member Invited', properties: { invited: 1 + Math.floor(random() * 6) } });
  for (let day = 1 + random() * 3; day < stays && signedUp + day * DAY < anchor; day += 2 + random() * 6) {
    add(story, signedUp + day * DAY, { type: 'track', event: 'Logged In', properties: { device: pick(story, ['desktop', 'mobile']) } });
    if (random() < 0.45) add(story, signedUp + day * DAY + 12 * 60_000, { type: 'track', event: 'Feature Used', properties: { feature: pick(story, FEATURES) } });
  }
  return keen > 0.5;
}

function pay(story: Story): void {
  const { random, signedUp, index } = story;
  const end = signedUp + TRIAL_DAYS * DAY;
  add(story, end, { type: 'track', event: 'Trial Ended', properties: {} });
  if (random() > 0.6) return void add(story, end, { type: 'identify', traits: { plan: 'free' } });
  const plan = random() < 0.7 ? 'pro' : 'team';
  const [amount, currency] = isKorean(index) ? [plan === 'pro' ? 19_000 : 49_000, 'KRW'] : [plan === 'pro' ? 15 : 39, 'USD'];
  const bought = end - random() * 3 * DAY;
  add(story, bought, { type: 'track', event: 'Plan Upgraded', properties: { plan } });
  add(story, bought + 1_000, { type: 'identify', traits: { plan } });
  for (let month = 0; month < 3; month += 1) add(story, bought + 2_000 + month * 30 * DAY, { type: 'track', event: 'Order Completed', properties: { plan, amount, currency } });
}
