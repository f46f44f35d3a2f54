import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { identifyPeople, launchToAll } from '../support/crash/launch.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-11-23T09:00:00Z'));
const STANDARD = { share: 0.9, seconds: 60, hours: 24 };
let app: TestApp;
let campaignId: string;
beforeAll(async () => {
  app = await startTestApp({ clock, alarms: true });
  await identifyPeople(app, 60);
  await app.runner.runUntilIdle();
});
afterAll(() => app.close());

const withoutSending = () => app.runner.runUntilIdle((name) => name === 'delivery.email');
const later = async (seconds: number, work = withoutSending) => { clock.advance(seconds * 1_000); await work(); };
const told = async () => ((await app.api('GET', '/v1/alarms')).body.items as { kind: string; level: string; wasTold: boolean; path: string }[]).map(({ kind, level, wasTold }) => ({ kind, level, wasTold }));
const mine = async () => (await app.api('GET', `/v1/campaigns/${campaignId}/service-level`)).body;

test('a target is set for the workspace and for one campaign; faulty ones and other roles are refused', async () => {
  campaignId = await launchToAll(app);
  expect(await mine()).toEqual({ use: 'standard', standard: null, target: null, measured: null });
  for (const standard of [{ ...STANDARD, seconds: 61 }, { ...STANDARD, share: 1 }, { ...STANDARD, hours: 0 }, 'much']) expect((await app.api('PUT', '/v1/service-levels', { standard })).status).toBe(400);
  expect((await app.api('PUT', '/v1/service-levels', { standard: STANDARD })).status).toBe(200);
  expect(await mine()).toMatchObject({ use: 'standard', target: STANDARD, measured: { handedOver: 0, burned: null, level: 'ok' } });
  const own = { ...STANDARD, seconds: 3_600 };
  expect((await app.api('PUT', `/v1/campaigns/${campaignId}/service-level`, { use: 'own', target: own })).body).toMatchObject({ use: 'own', target: own, standard: STANDARD });
  expect((await app.api('PUT', `/v1/campaigns/${campaignId}/service-level`, { use: 'none' })).body).toMatchObject({ use: 'none', target: null, measured: null });
  expect((await app.api('PUT', `/v1/campaigns/${campaignId}/service-level`, { use: 'standard' })).body).toMatchObject({ use: 'standard', target: STANDARD });
  expect((await app.api('PUT', '/v1/campaigns/01a20178-4a79-7517-b297-6d13ebf9bbd0/service-level', { use: 'none' })).status).toBe(404);
  expect((await app.api('GET', '/v1/audit?limit=1')).body.items[0]).toMatchObject({ action: 'service_level.change', subject: `campaign:${campaignId}` });
});

test('what waits too long is late at once, and who waits half an hour is stuck', async () => {
  await withoutSending();
  await later(59);
  expect((await mine()).measured).toMatchObject({ waiting: 0, share: null });
  await later(61);
  expect((await mine()).measured).toMatchObject({ waiting: 60, inTime: 0, share: 0, level: 'bad' });
  expect(await told()).toEqual([{ kind: 'level', level: 'bad', wasTold: false }]);
  await later(60);
  expect(await told()).toEqual([{ kind: 'level', level: 'bad', wasTold: true }]);
  await later(28 * 60);
  await later(60);
  expect((await told()).map(({ kind }) => kind).sort()).toEqual(['check', 'level', 'stuck']);
  expect((await app.api('GET', '/v1/home')).body.attention).toContainEqual({ kind: 'stuck', campaignId, name: 'Launch', count: 60 });
});

test('handovers are counted by how late they were, each once, and leave the window with time', async () => {
  await app.runner.runUntilIdle();
  await later(90, () => app.runner.runUntilIdle());
  expect((await mine()).measured).toEqual({ handedOver: 60, inTime: 0, waiting: 0, share: 0, burned: expect.closeTo(10, 6), level: 'bad' });
  await later(90, () => app.runner.runUntilIdle());
  expect((await mine()).measured.handedOver).toBe(60);
  const counts = await rows<{ counts: number[] }>(app.db, 'select c.counts from service_level_cell as c');
  // Half an hour and some minutes late.
  expect(counts).toEqual([{ counts: [0, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0] }]);
  expect((await app.api('PUT', `/v1/campaigns/${campaignId}/service-level`, { use: 'own', target: { ...STANDARD, seconds: 3_600 } })).body.measured).toMatchObject({ inTime: 60, share: 1, burned: 0, level: 'ok' });
  await later(330, () => app.runner.runUntilIdle());
  expect(await told()).toEqual([]);
  await later(24 * 3_600, () => app.runner.runUntilIdle());
  expect((await mine()).measured).toMatchObject({ handedOver: 0, share: null, level: 'ok' });
});

test('a status that can not be read is an alarm of its own, and ends no other', async () => {
  await identifyPeople(app, 3);
  await rows(app.db, `update campaign as c set state = 'paused', pause_reason = '{"code":"X","text":{"en":"Because.","ko":"이유."}}' where c.id = $1`, [campaignId]);
  await later(60);
  await later(60);
  expect(await told()).toEqual([{ kind: 'paused', level: 'bad', wasTold: true }]);
  await rows(app.db, 'alter table relay_health rename to relay_health_away');
  await later(60);
  await later(60);
  expect((await told()).map(({ kind }) => kind).sort()).toEqual(['paused', 'unreadable']);
  await rows(app.db, 'alter table relay_health_away rename to relay_health');
  await later(330);
  expect((await told()).map(({ kind }) => kind)).toEqual(['paused']);
});
