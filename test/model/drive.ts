import type { TestApp } from '../support/app.js';
import { inApp } from '../support/campaign-definitions.js';
import type { VirtualClock } from '../support/virtual-clock.js';
import type { Cutter } from './cutter.js';
import { DAYS, HOUR, TOPICS, type Act, type SeriesPlan, type StepPlan, type World } from './world.js';

const QUARTER = HOUR / 4;
/** Waits of a world are over by then, whatever stands in the way of its messages. */
const END_DAYS = DAYS + 24;

/** What happened in a world, for the judge. */
export interface Told {
  world: World;
  campaigns: { id: string; plan: SeriesPlan }[];
  /** Ids of the people, in the order of the world. */
  people: string[];
  /** What people really did: an act at a moment that they had used is left out. */
  acts: (Act & { at: Date })[];
  start: Date;
  /** How many statements stood inside of transactions in each round of workers. */
  statements: number[];
}

export const stepId = (place: number): string => `s${place}`;
const target = (steps: readonly StepPlan[], place: number, distance: number): string | null => (place + 1 + distance < steps.length ? stepId(place + 1 + distance) : null);

/** A step as the API takes it; `n` makes names of events and tags those of one world. */
function stepOf(plan: StepPlan, place: number, { steps, byKey }: SeriesPlan, n: number): object {
  const id = stepId(place);
  const to = (distance: number) => target(steps, place, distance);
  switch (plan.kind) {
    case 'message': {
      const content = plan.channel === 'email' ? { subject: 's', body: '<mj-section><mj-column><mj-text>b</mj-text></mj-column></mj-section>' } : { body: 'b' };
      return inApp(id, { channel: plan.channel, topic: plan.topic, variants: ['A', 'B'].slice(0, plan.arms).map((key) => ({ key, content })), ...(plan.control ? { control: { weight: 1 } } : {}), next: to(plan.next) });
    }
    case 'wait': return { id, type: 'wait', for: { hours: plan.hours }, ...(plan.at ? { until: { time: plan.at } } : {}), next: to(plan.next) };
    case 'wait_date': return { id, type: 'wait', date: { attribute: 'due', days: plan.days, time: '10:00' }, next: to(plan.next), onMissed: to(plan.missed) };
    case 'wait_until': return { id, type: 'wait_until', event: { name: `Ping ${n}`, ...(plan.sameKey && byKey ? { sameKey: true } : {}) }, timeout: { hours: plan.hours }, next: to(plan.next), onTimeout: to(plan.timeout) };
    case 'branch': return { id, type: 'branch', branches: [{ condition: { type: 'attribute', key: 'plan', op: 'is', value: 'a' }, next: to(plan.next) }], otherwise: to(plan.otherwise) };
    case 'split': return { id, type: 'split', arms: [{ key: 'x', weight: 1, next: to(plan.first) }, { key: 'y', weight: 1, next: to(plan.second) }] };
    case 'action': return { id, type: 'action', action: plan.tag ? { kind: 'add_tag', tag: `seen ${n}` } : { kind: 'set_attribute', attribute: 'plan', value: 'b' }, next: to(plan.next) };
    case 'exit': return { id, type: 'exit' };
  }
}

/** Steps that no way leads to are left out: publishing refuses them. */
function reachable(steps: readonly Record<string, unknown>[]): object[] {
  const byId = new Map(steps.map((step) => [step.id as string, step]));
  const seen = new Set<string>();
  const visit = (id: unknown): void => {
    if (typeof id !== 'string' || seen.has(id)) return;
    seen.add(id);
    const step = byId.get(id)!;
    for (const way of [step.next, step.onTimeout, step.onMissed, step.otherwise, ...((step.arms ?? step.branches ?? []) as { next?: unknown }[]).map(({ next }) => next)]) visit(way);
  };
  visit(stepId(0));
  return steps.filter(({ id }) => seen.has(id as string));
}

export function definitionOf(plan: SeriesPlan, n: number): object {
  return {
    type: 'series', entry: { type: 'event', event: `Go ${n}`, ...(plan.byKey ? { key: 'order' } : {}) },
    reentry: plan.reentry === 'after_interval' ? { policy: plan.reentry, interval: { hours: 30 } } : { policy: plan.reentry },
    goals: [{ key: 'bought', name: 'Bought', event: { name: `Buy ${n}` }, exits: plan.goalExits, window: { days: 7 } }],
    exitRules: [plan.exitBy === 'event' ? { key: 'left', event: { name: `Leave ${n}` } } : { key: 'left', condition: { type: 'tag', op: 'has', tag: `gone ${n}` } }],
    pacing: { class: plan.important ? 'important' : 'standard', priority: 50, expiresAfter: { days: 9 } },
    start: stepId(0), steps: reachable(plan.steps.map((step, place) => stepOf(step, place, plan, n) as Record<string, unknown>)),
  };
}

/** The workers that move people and messages; the others look once at the end. */
const MOVES = /^(people\.upkeep|segments\.|campaigns\.(entry|dates|launch|advance|closing|migration)|delivery\.(email|in_app|webhook))/;
const EVENTS = { go: 'Go', ping: 'Ping', buy: 'Buy', leave: 'Leave' } as const;
let worlds = 0;

/** Lives a world over real HTTP under a virtual clock; connections are cut where it says, and the workers come again as they would. */
export async function tell(app: TestApp, clock: VirtualClock, cutter: Cutter, world: World): Promise<Told> {
  const n = (worlds += 1);
  const start = clock.now();
  const ok = async (method: string, path: string, body?: unknown) => {
    const answer = await app.api(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  let round = 0;
  const statements: number[] = [];
  /** Runs what is due; a lost connection ends a worker's round, and it is woken again. */
  const settle = async (): Promise<Date | null> => {
    round += 1;
    const cuts = world.cuts.filter((cut) => cut.round === round);
    for (let tries = 0; ; tries += 1) {
      const before = cutter.made;
      cutter.arm(cuts[tries] ?? null);
      try {
        const due = await app.runner.runUntilIdle((name) => !MOVES.test(name));
        if (tries >= cuts.length || cutter.made === before) {
          statements.push(cutter.counted);
          return due;
        }
      } catch (error) {
        if (cutter.made === before) throw error;
      } finally {
        cutter.arm(null);
      }
    }
  };
  await ok('PUT', '/v1/pacing', {
    caps: world.caps.map(({ limit, hours, channel }, index) => ({ key: `cap${index}`, limit, window: { kind: 'rolling', for: { hours } }, channels: channel ? [channel] : [] })), waitDays: 9,
    ...(world.quiet ? { quietHours: { on: true, from: '22:00', to: '08:00' } } : {}),
  });
  const people: string[] = [];
  for (const [index, { zone, plan, due }] of world.people.entries()) {
    const attributes = { plan, email: `p${index}.${n}@example.test`, timezone: zone, ...(due === null ? {} : { due: new Date(start.getTime() + due * 24 * HOUR).toISOString().slice(0, 10) }) };
    people.push((await ok('POST', '/v1/people', { externalId: `p${index}.${n}`, attributes })).id as string);
  }
  const campaigns: Told['campaigns'] = [];
  for (const plan of world.series) {
    const { id } = await ok('POST', '/v1/campaigns', { name: `World ${n}`, definition: definitionOf(plan, n) });
    await ok('POST', `/v1/campaigns/${id}/publish`);
    campaigns.push({ id, plan });
  }
  let due = await settle();
  const used = new Set<string>();
  const resumed = [1, 2].map((key) => ({ quarter: DAYS * 96 + key, person: 0, what: 'resume' as const, key }));
  const acts = [...world.acts, ...resumed].map((one) => ({ ...one, person: one.person % people.length })).toSorted((a, b) => a.quarter - b.quarter)
    .filter(({ quarter, person }) => !used.has(`${quarter} ${person}`) && used.add(`${quarter} ${person}`))
    // Off every due moment by some minutes.
    .map((one) => ({ ...one, at: new Date(start.getTime() + one.quarter * QUARTER + 7 * 60_000 + one.person * 1_000) })).toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const until = new Date(start.getTime() + END_DAYS * 24 * HOUR);
  for (let at = 0; at < acts.length || (due && due < until); ) {
    const now = new Date(Math.min(acts[at]?.at.getTime() ?? Infinity, due?.getTime() ?? Infinity));
    clock.set(now > clock.now() ? now : clock.now());
    if (acts[at] && acts[at]!.at <= clock.now()) await act(acts[at++]!);
    due = await settle();
  }
  clock.set(until);
  await app.runner.runUntilIdle();

  async function act({ what, person, key }: Act): Promise<void> {
    const id = people[person]!;
    if (what === 'go' || what === 'ping' || what === 'buy' || what === 'leave') {
      await ok('POST', '/v1/track', { userId: `p${person}.${n}`, event: `${EVENTS[what]} ${n}`, properties: { order: key }, messageId: crypto.randomUUID(), timestamp: clock.now().toISOString() });
    } else if (what === 'tag') await ok('PUT', `/v1/people/${id}/tags/${encodeURIComponent(`gone ${n}`)}`);
    else if (what === 'plan') await ok('PATCH', `/v1/people/${id}`, { attributes: { plan: key === 1 ? 'a' : 'b' } });
    else if (what === 'unsubscribe') await ok('PUT', `/v1/people/${id}/consent`, { consents: (['email', 'in_app'] as const).map((channel) => ({ channel, topic: TOPICS[key - 1], state: 'unsubscribed' })) });
    else if (campaigns[key - 1]) await app.api('POST', `/v1/campaigns/${campaigns[key - 1]!.id}/${what}`);
  }
  return { world, campaigns, people, acts, start, statements };
}

/** Ends the campaigns of a world, so that the next has the workers to itself. */
export async function end(app: TestApp, { campaigns }: Told): Promise<void> {
  for (const { id } of campaigns) await app.api('POST', `/v1/campaigns/${id}/stop`, {});
}
