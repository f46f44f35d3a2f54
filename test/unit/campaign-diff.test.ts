import { describe, expect, test } from '@jest/globals';
import { diffCampaigns, type Change } from '../../src/contract/campaign-diff.js';
import { diffWords } from '../../web/src/features/campaigns/history/word-diff.js';
import { firstMessage } from '../../web/src/features/campaigns/launch/first-message.js';

const mail = (id: string, next: string | null, content: object = { subject: 'Hello there', body: 'x' }) => ({ id, type: 'message', channel: 'email', name: id, topic: 'news', variants: [{ key: 'A', name: '', weight: 1, content }], next });
const wait = (id: string, days: number, next: string | null) => ({ id, type: 'wait', for: { days }, next });
const base = { type: 'series', entry: { type: 'segment', segmentId: 's1', take: 'current_and_future' }, reentry: { policy: 'never' }, goals: [{ key: 'g', name: 'Paid', primary: true, window: { days: 7 }, event: { name: 'Paid', where: [] } }], exitRules: [], start: 'a', steps: [mail('a', 'w'), wait('w', 2, 'b'), mail('b', null)] };

/** A change in one line, so that the table below can be read. */
function line(change: Change): string {
  if (change.kind === 'name') return `name: ${change.from} → ${change.to}`;
  const { place } = change;
  const of = 'part' in place ? `${place.kind} ${String(place.part.id ?? place.part.key)}${place.kind === 'variant' ? `/${String(place.variant.key)}${place.language ? `/${place.language}` : ''}` : ''}` : place.kind;
  if (change.kind === 'wait') return `${of}: ${JSON.stringify(change.from.for)} → ${JSON.stringify(change.to.for)}`;
  if (change.kind === 'way') return `${of} leads${change.by ? ` (${change.by})` : ''}: ${String(change.from?.id ?? 'end')} → ${String(change.to?.id ?? 'end')}`;
  return change.kind === 'field' ? `${of}.${change.field}: ${JSON.stringify(change.from)} → ${JSON.stringify(change.to)}` : `${change.kind} ${of}`;
}
const said = (after: object, name = 'N') => diffCampaigns({ name: 'N', definition: base }, { name, definition: { ...base, ...after } }).map(line);

describe('what changed between two versions, in words', () => {
  test.each([
    ['nothing', {}, []],
    ['keys without a value', { exitRules: undefined, audience: null, entry: { take: 'current_and_future', type: 'segment', segmentId: 's1' } }, []],
    ['a longer wait', { steps: [mail('a', 'w'), wait('w', 3, 'b'), mail('b', null)] }, ['step w: {"days":2} → {"days":3}']],
    ['another subject', { steps: [mail('a', 'w', { subject: 'Hi there', body: 'x' }), wait('w', 2, 'b'), mail('b', null)] }, ['variant a/A.subject: "Hello there" → "Hi there"']],
    ['a step put in says itself, not the ways to it', { steps: [mail('a', 'n'), wait('n', 1, 'w'), wait('w', 2, 'b'), mail('b', null)] }, ['added step n']],
    ['a step taken out', { steps: [mail('a', 'b'), mail('b', null)] }, ['removed step w']],
    ['steps in another order', { start: 'b', steps: [mail('a', null), wait('w', 2, 'a'), mail('b', 'w')] }, ['step a leads: w → end', 'step w leads: b → a', 'step b leads: end → w', 'entry leads: a → b']],
    ['another kind under the same id is another step', { steps: [mail('a', 'w'), { id: 'w', type: 'exit' }, mail('b', null)] }, ['removed step w', 'added step w']],
    ['whom it takes', { entry: { type: 'segment', segmentId: 's2', take: 'future_only' } }, ['entry.segmentId: "s1" → "s2"', 'entry.take: "current_and_future" → "future_only"']],
    ['a goal', { goals: [{ ...base.goals[0], window: { days: 14 } }, { key: 'h', name: 'Back' }] }, ['goal g.window: {"days":7} → {"days":14}', 'added goal h']],
  ])('%s', (_name, after, expected) => expect(said(after)).toEqual(expected));

  test('variants, their shares, control and translations', () => {
    const one = { key: 'A', weight: 1, content: { subject: 'S', translations: { ko: { subject: '가' } } } };
    const from = { name: null, definition: { type: 'broadcast', message: { id: 'm', type: 'message', channel: 'email', variants: [one] } } };
    const to = { name: null, definition: { type: 'broadcast', launchAt: '2026-03-01T00:00:00Z', message: { id: 'm', type: 'message', channel: 'email', control: { weight: 2 }, variants: [{ ...one, weight: 3, content: { subject: 'S', translations: { ko: { subject: '나' }, ja: { subject: 'あ' } } } }, { key: 'B', content: {} }] } } };
    expect(diffCampaigns(from, to).map(line)).toEqual([
      'sending.launchAt: undefined → "2026-03-01T00:00:00Z"', 'step m.control: undefined → {"weight":2}',
      'variant m/A.weight: 1 → 3', 'variant m/A/ko.subject: "가" → "나"', 'added variant m/A/ja', 'added variant m/B',
    ]);
    expect(diffCampaigns(to, from)).toHaveLength(6);
  });

  test('branches and splits by their ways', () => {
    const step = (condition: string, next: string) => ({ ...base, start: 'c', steps: [{ id: 'c', type: 'branch', branches: [{ name: 'yes', condition: { tag: condition }, next }], otherwise: 'b' }, mail('a', null), mail('b', null)] });
    const change = diffCampaigns({ name: null, definition: step('x', 'a') }, { name: null, definition: step('y', 'b') });
    expect(change.map(line)).toEqual(['step c.condition: {"tag":"x"} → {"tag":"y"}', 'step c leads (yes): a → b']);
  });

  test('every pair of equal states says nothing, and a change said one way is said the other way round', () => {
    for (const after of [{ steps: [mail('b', null)] }, { goals: [] }, { audience: { type: 'tag', op: 'has', tag: 'vip' } }]) {
      const there = diffCampaigns({ name: null, definition: base }, { name: null, definition: { ...base, ...after } });
      const back = diffCampaigns({ name: null, definition: { ...base, ...after } }, { name: null, definition: base });
      expect({ there: there.length, back: back.length }).toEqual({ there: there.length, back: there.length });
      expect(there.length).toBeGreaterThan(0);
    }
  });
});

test('a text is told apart word by word, and both texts can be read from the pieces', () => {
  expect(diffWords('Your trial ends soon', 'Your free trial ends today')).toEqual([
    { kind: 'same', text: 'Your ' }, { kind: 'added', text: 'free ' }, { kind: 'same', text: 'trial ends ' }, { kind: 'removed', text: 'soon' }, { kind: 'added', text: 'today' },
  ]);
  const long = Array.from({ length: 3_000 }, (_, index) => `w${index % 7}`).join(' ');
  for (const [a, b] of [['', 'a b'], ['a b', ''], ['김미나님, 반가워요', '김미나님, 다시 반가워요'], ['a b c d', 'd c b a'], [long, `x ${long} y`], [long, long.replaceAll('w3', 'v')]] as const) {
    const pieces = diffWords(a, b);
    expect(pieces.filter(({ kind }) => kind !== 'added').map(({ text }) => text).join('')).toBe(a);
    expect(pieces.filter(({ kind }) => kind !== 'removed').map(({ text }) => text).join('')).toBe(b);
  }
});

describe('when the first message goes', () => {
  const of = (start: string, steps: unknown[]) => firstMessage({ ...base, start, steps });
  test.each([
    ['at once', 'a', { kind: 'at_once' }],
    ['after the waits on the way', 'w', { kind: 'after', waits: [{ for: { days: 2 }, until: undefined }] }],
    ['when a branch decides', 'c', { kind: 'depends' }],
    ['never, when the way ends or begins nowhere', 'x', { kind: 'never' }],
  ])('%s', (_name, start, expected) => expect(of(start, [mail('a', null), wait('w', 2, 'b'), mail('b', null), { id: 'c', type: 'branch', branches: [], otherwise: 'a' }])).toEqual(expected));
  test('a circle of waits ends', () => expect(of('u', [wait('u', 1, 'v'), wait('v', 1, 'u')])).toEqual({ kind: 'never' }));
  test('a broadcast says its moment', () => expect(firstMessage({ type: 'broadcast', launchAt: '2026-03-01T00:00:00Z', message: mail('m', null) })).toEqual({ kind: 'moment', at: '2026-03-01T00:00:00Z', localTime: null }));
});
