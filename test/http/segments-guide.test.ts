import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { startTestApp, type TestApp } from '../support/app.js';
import { series } from '../support/campaign-definitions.js';

const GUIDE = readFileSync(new URL('../../docs/segments.md', import.meta.url), 'utf8');
const blocks = [...GUIDE.matchAll(/```json\n(.*?)```/gs)].map(([, json]) => json!);
/** Definitions in the guide, in blocks and in lines; in tables "|" is written "\|". */
const examples = [...blocks.flatMap((block) => block.split(/\n(?=\{"type")/)).filter((block) => block.startsWith('{"type"')), ...[...GUIDE.matchAll(/`(\{"type": .*?\})`/g)].map(([, json]) => json!.replaceAll('\\|', '|'))];

let app: TestApp;
const ids: Record<string, string> = {};
beforeAll(async () => {
  app = await startTestApp();
  ids.segmentId = (await app.api('POST', '/v1/segments', { name: 'Paying', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'pro' } })).body.id;
  ids.listId = (await app.api('POST', '/v1/lists', { name: 'Guests' })).body.id;
  ids.campaignId = (await app.api('POST', '/v1/campaigns', { name: 'Welcome', definition: series({ goals: [{ key: 'bought', name: 'Bought', primary: true, exits: false, window: { days: 14 }, event: { name: 'order' } }] }) })).body.id;
  await app.api('POST', `/v1/campaigns/${ids.campaignId}/publish`);
});
afterAll(() => app.close());

test('the guide shows every kind of condition', () => {
  const shown = new Set(examples.flatMap((example) => [...example.matchAll(/"type": "(\w+)"/g)].map(([, type]) => type)));
  expect([...shown]).toEqual(expect.arrayContaining(['all', 'any', 'not', 'segment', 'attribute', 'event', 'event_value', 'event_time', 'sequence', 'tag', 'list', 'consent', 'page', 'engagement']));
});

test.each(examples)('the guide is right: %s', async (example) => {
  const definition: unknown = JSON.parse(example.replaceAll(/"(segmentId|listId|campaignId)": "…"/g, (_, key: string) => `"${key}": "${ids[key]}"`));
  const { status, body } = await app.api('POST', '/v1/segments/preview', { definition });
  expect([status, body.problems, body.valid]).toEqual([200, [], true]);
});

test('the file of the guide can be read', async () => {
  const files = blocks.filter((block) => !block.startsWith('{"type"')).map((block) => JSON.parse(block) as unknown);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect((await app.api('POST', '/v1/segments/file?dryRun=true', file)).body).toMatchObject({ problems: [], valid: true });
});
