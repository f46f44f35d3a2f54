import { describe, expect, test } from '@jest/globals';
import { freeKey, keyOfName } from '../../src/files/domain/key-of-name.js';
import { plain } from '../../src/files/domain/canonical.js';
import type { FileKind } from '../../src/files/domain/kinds.js';
import { readYaml, yamlOf } from '../../src/files/domain/yaml-text.js';
import { Forms, type Content } from '../../src/files/forms.js';
import { readFiles } from '../../src/files/read-files.js';
import { fileOf } from '../../src/files/write-files.js';
import { readDraft } from '../../src/contract/campaign-draft.js';
import { anyWorld } from '../model/world.js';
import { definitionOf } from '../model/drive.js';
import { autoMessage, broadcast, email } from '../support/campaign-definitions.js';
import fc from '../support/fast-check.js';
import { definition } from '../support/segment-arbitraries.js';

const ID = (n: number) => `0198c0de-0000-7000-8000-00000000000${n}`;
/** An environment in which every id has a key, and every key an id. */
const KEYS = { keyOf: (kind: string, id: string) => `${kind}-${id.replaceAll('-', '')}`, idOf: (_: string, key: string) => { const hex = key.split('-')[1]!; return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-'); }, kept: new Map() };

function round(kind: FileKind, content: Content): { text: string; back: unknown } {
  const file = fileOf({ kind, key: content.key, content }, KEYS);
  const { wanted, findings } = readFiles([file], KEYS);
  expect(findings).toEqual([]);
  return { text: file.content, back: plain(wanted[0]!.content) };
}
/** The same with the keys of every object in another order. */
const turned = (value: unknown): unknown => (Array.isArray(value) ? value.map(turned) : typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).toReversed().map(([key, inner]) => [key, turned(inner)])) : value);

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constantFrom('no', 'null', '1e3', '0x1f', '2026-01-01', '- a', 'a: b', '# x', '|', ' lead', 'trail ', '\n', 'a\n\n  b\n', 'tab\there', '한글\n둘째 줄', '"', "'", '{{> a}}', '\r\n', '\u2028', '...', '---\na: 1', 'a #b', '&a', '*a', '!x', '%d', '@', '`'));
const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);

describe('a definition and its file', () => {
  test('random series come back the same, in one form whatever the order of their keys', () => {
    fc.assert(fc.property(anyWorld, definition([ID(1), ID(2)]), text, json, fc.boolean(), ({ series }, condition, said, data, published) => {
      series.forEach((plan, n) => {
        const made = definitionOf(plan, n) as { steps: object[] };
        const hooks = [
          { id: 'hook', type: 'message', channel: 'webhook', variants: [{ key: 'A', content: { endpointId: ID(3), data: { segment: 'not ours', list: said || 'x', name: '', value: data } } }], next: 'mail' },
          email('mail', 'else', { name: said.slice(0, 100), variants: [{ key: 'A', weight: 2, content: { subject: said || 'x', body: `${said}x`, preheader: '' } }, { key: 'B', content: { subject: 'b', body: 'b', language: 'en', translations: { ko: { subject: '제목', body: `본문${said}` } } } }] }),
          { id: 'else', type: 'branch', branches: [{ name: said.slice(0, 100), condition, next: null }], otherwise: null },
        ];
        const draft = { ...made, audience: condition, steps: [...made.steps, ...hooks] };
        const read = readDraft(draft).definition;
        const content = { key: 'a-key', name: 'Name 이름', published, definition: read ?? draft } as Content;
        const { text: written, back } = round('campaign', content);
        expect(back).toEqual(plain(content));
        expect(round('campaign', turned(content) as Content).text).toBe(written);
        expect(readDraft(draft)).toMatchObject({ gaps: [], faults: [] });
      });
    }), { numRuns: 60 });
  });

  test('random segments, snippets, topics and lists as well', () => {
    fc.assert(fc.property(definition([ID(1)]), text, fc.boolean(), (node, said, flag) => {
      const each: [FileKind, unknown][] = [
        ['segment', { key: 'k', name: 'S', description: said, definition: node }], ['snippet', { key: 'k', name: 'S', kind: flag ? 'text' : 'body', language: 'ko', content: said || 'x', translations: flag ? { en: said || 'y' } : {} }],
        ['topic', { key: 'K.1', name: 'T', nameKo: '주제', kind: 'marketing', optIn: flag, doubleOptIn: false, reason: null, reasonText: '' }], ['list', { key: 'k', name: 'L', description: said }],
        ['holdout', { key: 'k', name: 'H', definition: { percent: 1.25, campaignIds: flag ? [ID(1), ID(2)] : null, exceptCampaignIds: flag ? [] : [ID(3)], goal: { event: { name: said || 'x' } } } }],
        ['labels', { labels: [{ kind: 'event', key: 'b', en: flag ? '' : 'B', ko: '비' }, { kind: 'attribute', key: 'constructor', ko: 'x' }] }],
        ['settings', { ...(flag ? { pacing: { caps: [{ key: 'c', limit: 1, window: { kind: 'calendar', unit: 'day' } }] } } : { rules: { display_limit: { on: false } } }), safety: { sendRate: flag ? null : { messages: 1, per: 'hour' } } }],
      ];
      for (const [kind, value] of each) {
        const content = Forms[kind].parse(value) as Content;
        expect(round(kind, content).back).toEqual(plain(content));
      }
    }), { numRuns: 100 });
  });

  test.each([
    ['a broadcast', broadcast({ segmentId: ID(1), launchAt: '2026-03-01T09:00:00+09:00', localTime: '09:00' })],
    ['an external broadcast', { type: 'broadcast', external: true, segmentId: ID(1), arms: [{ key: 'a' }, { key: 'b', control: true, weight: 1 }] }],
    ['an auto message', autoMessage({ display: { page: { include: [{ pattern: '/a' }], utm: { campaign: 'spring', source: 'mail' } } } })],
    ['a mail of blocks', broadcast({ message: { type: 'message', channel: 'email', control: { weight: 1 }, variants: [{ key: 'A', content: { subject: 's', blocks: [{ id: 'a', type: 'spacer' }] } }] } })],
    ['a draft with gaps', { type: 'series', entry: { type: 'segment', segmentId: ID(1) }, steps: [email('a', null)], goals: [], start: null }],
    ['values that are what goes without saying elsewhere', { type: 'series', entry: { type: 'event', event: 'Go' }, start: 'a', steps: [{ id: 'a', type: 'action', action: { kind: 'set_attribute', attribute: 'name', value: '' } }] }],
  ])('%s comes back the same', (_, draft) => {
    const content = { key: 'k', name: 'N', published: false, definition: readDraft(draft).definition ?? draft } as Content;
    expect(round('campaign', content).back).toEqual(plain(content));
  });

  test('what goes without saying is not said, and ids are nowhere', () => {
    const { text: written } = round('campaign', { key: 'hello', name: '환영', published: true, definition: readDraft({ type: 'series', entry: { type: 'segment', segmentId: ID(1) }, start: 'a', steps: [{ ...email('a', null), topic: 'tips' }] }).definition! });
    expect(written.replace('segment-0198c0de000070008000000000000001', 'signed-up')).toBe(`format: danbi.campaign/1
key: hello
name: 환영
published: true
definition:
  type: series
  entry:
    type: segment
    segment: signed-up
    take: current_and_future
  reentry:
    policy: never
  start: a
  steps:
    - id: a
      type: message
      channel: email
      topic: tips
      variants:
        - key: A
          content:
            subject: 환영합니다
            layout: plain
            body: <mj-section><mj-column><mj-text>안녕하세요</mj-text></mj-column></mj-section>
`);
  });
});

describe('YAML', () => {
  test('any text is written so that the same is read, several lines as they are read', () => {
    fc.assert(fc.property(text, json, (said, value) => {
      const whole = { [said || 'k']: said, deep: [{ a: said, value }] };
      expect(readYaml(yamlOf(whole)).map((one) => [one.faults, one.value])).toEqual([[[], whole]]);
    }), { numRuns: 500 });
    expect(yamlOf({ body: '첫째\n  둘째\n', no: 'no' })).toBe('body: |\n  첫째\n    둘째\nno: "no"\n'.replace('"no"', 'no'));
  });

  test.each([
    ['a: 1\nb:\n  - x\n  - c: 2\n', ['b', 1, 'c'], 4, 5], ['a: 1\nb:\n  - x\n', ['b', 7, 'c'], 2, 1], ['# 말\na: &x { y: 1 }\nb: *x\n', ['b', 'y'], 2, 9], ['', [], 1, 1],
  ])('%j has %j at line %d, column %d', (content, path, line, column) => {
    expect(readYaml(content)[0]?.placeOf(path) ?? { line: 1, column: 1 }).toEqual({ line, column });
  });

  test.each([
    ['a: 1\na: 2\n', 2, 'unique'], ['a: [1\n', 2, ''], [`a: ${'['.repeat(20_000)}`, 1, ''], ['a: &a [*a, *a]\nb: "', 2, ''], ['\tb: 1', 1, ''],
  ])('%#: what can not be read is a fault with its line', (content, line, says) => {
    const { faults } = readYaml(content)[0]!;
    expect(faults[0]).toMatchObject({ line });
    expect(faults[0]!.message).toContain(says);
  });

  test('several documents of one file are several files', () => {
    const { wanted } = readFiles([{ path: 'all.yaml', content: '---\nformat: danbi.list/1\nkey: b\nname: B\n---\nformat: danbi.list/1\nkey: a\nname: A\n' }], KEYS);
    expect(wanted.map(({ key }) => key)).toEqual(['a', 'b']);
  });
});

test.each([['Welcome, friend!', 'welcome-friend'], ['환영 시리즈', 'hwannyeong-sirijeu'], ['Été', 'ete'], ['日本', 'segment'], ['--', 'segment'], ['x'.repeat(80), 'x'.repeat(48)]])('the name %j gives the key %j', (name, key) => {
  expect(keyOfName(name, 'segment')).toBe(key);
  expect(keyOfName(name.normalize('NFD'), 'segment')).toBe(key);
  expect(freeKey(key, new Set([key, `${key}-2`]))).toBe(`${key}-3`);
});
