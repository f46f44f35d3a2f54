import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { email, series } from '../support/campaign-definitions.js';
import { ReportWorld, twoArms } from '../support/report-world.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-04-01T00:00:00Z'));
let app: TestApp;
let world: ReportWorld;

beforeAll(async () => {
  app = await startTestApp({ clock });
  world = new ReportWorld(app);
});
afterAll(() => app.close());

describe('attribution', () => {
  const goal = { key: 'paid', name: 'Paid', primary: true, event: { name: 'Paid', where: [{ property: 'plan', op: 'is', value: 'team' }] }, value: { property: 'amount', currency: 'KRW' } };
  const paid = (person: string, at: string, amount: unknown, plan = 'team') => world.event(person, 'Paid', at, { amount, plan });
  const credits = async (query: string) => {
    const { body } = await world.report('attribution', `?from=2026-04-01T00:00:00Z&to=2026-04-20T00:00:00Z${query}`);
    return body.items.map((item: Record<string, unknown>) => [item.stepId, item.variant, item.touched, item.credited, item.events, item.value]);
  };

  beforeAll(async () => {
    await world.publish(series({ goals: [goal], steps: [twoArms('a', 'b'), email('b', null)] }));
    const [p1, p2, p3, p4] = (await world.people(4)) as [string, string, string, string];
    const first = await world.message({ person: p1, state: 'delivered', at: '2026-04-02T10:00:00Z' });
    await world.react(first, p1, 'click', '2026-04-02T12:00:00Z');
    await paid(p1, '2026-04-02T11:00:00Z', 7);
    await paid(p1, '2026-04-02T13:00:00Z', 100);
    await paid(p1, '2026-04-02T13:30:00Z', 900, 'free');
    const second = await world.message({ person: p1, step: 'b', state: 'sent', at: '2026-04-03T10:00:00Z' });
    await world.react(second, p1, 'click', '2026-04-03T11:00:00Z');
    await paid(p1, '2026-04-04T00:00:00Z', '200.5');
    await paid(p1, '2026-04-05T00:00:00Z', 'much');
    const machine = await world.message({ person: p2, variant: 'B', state: 'delivered', at: '2026-04-02T10:00:00Z' });
    await world.react(machine, p2, 'click', '2026-04-02T12:00:00Z', 'machine');
    await paid(p2, '2026-04-03T00:00:00Z', 50);
    const late = await world.message({ person: p3, state: 'delivered', at: '2026-04-02T10:00:00Z' });
    await world.react(late, p3, 'click', '2026-04-02T12:00:00Z');
    await paid(p3, '2026-04-09T12:00:00Z', 1);
    await world.message({ person: p4, variant: 'control', isControl: true, state: 'ghost', at: '2026-04-02T10:00:00Z' });
    await paid(p4, '2026-04-03T00:00:00Z', 10_000);
    clock.set(new Date('2026-04-20T00:00:00Z'));
  });

  test('each event goes to the last human click before it, machines and controls get nothing, and the edge of the days is outside', async () => {
    expect(await credits('')).toEqual([['a', 'A', 2, 1, 1, 100], ['b', 'A', 1, 1, 2, 200.5]]);
    expect(await credits('&days=8')).toEqual([['a', 'A', 2, 2, 2, 101], ['b', 'A', 1, 1, 2, 200.5]]);
  });

  test('or to the last message', async () => {
    expect(await credits('&touch=message')).toEqual([['a', 'A', 2, 1, 2, 107], ['a', 'B', 1, 1, 1, 50], ['b', 'A', 1, 1, 2, 200.5]]);
  });

  test('says in both languages that it is no effect, which goal it counts, and refuses an unknown one', async () => {
    const { body } = await world.report('attribution');
    expect(body).toMatchObject({ touch: 'click', days: 7, goal: { key: 'paid', currency: 'KRW', countable: true }, words: { en: expect.stringContaining('not what the message caused'), ko: expect.stringContaining('대조군') } });
    expect(await world.report('attribution', '?goal=other')).toMatchObject({ status: 400, body: { code: 'report.unknown-goal', problems: [{ path: 'goal' }] } });
    expect((await world.report('attribution', '?days=91')).status).toBe(400);
  });
});
