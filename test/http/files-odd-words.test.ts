import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { inApp, series } from '../support/campaign-definitions.js';

let staging: TestApp;
let production: TestApp;
beforeAll(async () => { [staging, production] = [await startTestApp(), await startTestApp()]; });
afterAll(async () => { await staging.close(); await production.close(); });

/** What readers of YAML take for something else, each once as a name, as a value of a condition and as a text that people read. */
const WORDS = [
  'no', 'Yes', 'ON', 'null', '~', '1.0', '0x1F', '0o17', '1_000', '12:30:45', '.inf', '2026-01-01', '2026-01-01T00:00:00Z', '1e3', '-', '- a', '? b', 'a: b', 'a #b', '#c', '&x', '*x', '!tag', '%TAG', '@at', '`tick`', '|', '>-', '"', "it's",
  '{a: 1}', '[1, 2]', '---', '...', '<<', '=', 'tab\there', 'back\\slash', 'line\nbreak\n\n  indented\n', 'ends with newline\n', '한글: 값 # 주석', '🙂', 'a\u2028b', 'e\u0301', 'x'.repeat(300),
];

test('words that YAML reads as something else leave as they are and come in as they were', async () => {
  const segment = await staging.api('POST', '/v1/segments', { name: 'no: yes # 1', definition: { type: 'any', of: WORDS.map((value) => ({ type: 'attribute', key: 'word', op: 'is', value })) } });
  if (segment.status !== 201) throw new Error(JSON.stringify(segment.body));
  for (const [index, word] of WORDS.entries()) {
    const name = word.replaceAll(/\p{Cc}+/gu, ' ').trim().slice(0, 80);
    const made = await staging.api('POST', '/v1/campaigns', { name, definition: series({ entry: { type: 'event', event: name.replace(/\s+/g, ' ') }, start: 'a', steps: [inApp('a', { topic: 'account', variants: [{ key: 'A', content: { body: `${word} ${index}` } }] })] }) });
    if (made.status !== 201) throw new Error(`${word}: ${JSON.stringify(made.body)}`);
  }
  await staging.runner.runUntilIdle();
  const { files } = (await staging.api('GET', '/v1/files')).body;
  const planned = (await production.api('POST', '/v1/files/plan', { files, publish: false })).body;
  const applied = await production.api('POST', '/v1/files/apply', { files, publish: false, digest: planned.digest });
  expect([applied.status, applied.body.problems]).toEqual([200, undefined]);
  expect((await production.api('GET', '/v1/files')).body.files).toEqual(files);
  const there = (await production.api('GET', '/v1/segments?limit=100')).body.items.find(({ name }: { name: string }) => name === 'no: yes # 1');
  const { definition } = (await production.api('GET', `/v1/segments/${there.id}`)).body;
  expect(definition.of.map(({ value }: { value: string }) => value)).toEqual(WORDS);
});
