import { describe, expect, test } from '@jest/globals';
import { goalsWith, messageDraft } from '../../src/campaigns/features/domain/message-draft.js';
import { quoteOf, tellingOf } from '../../src/campaigns/features/domain/telling.js';
import { readDraft } from '../../src/contract/campaign-draft.js';
import { Starters } from '../../src/delivery/content/starters.service.js';

const jimin = { id: '1', name: '지민', email: 'jimin@danbi.example' };
const mina = { id: '2', name: '미나', email: 'mina@danbi.example' };
const askedAt = new Date('2026-03-02T01:00:00Z');

describe('what the message to one who asked may say', () => {
  test.each([
    ['whoever took it speaks', jimin, mina, mina],
    ['else the owner', jimin, null, jimin],
    ['else nobody', null, null, null],
  ])('%s', (_, owner, taker, speaker) => {
    const telling = tellingOf({ key: 'dark', name: '다크 모드', owner }, { askedAt, words: null, taker });
    expect(telling).toEqual({ feature: '다크 모드', featureKey: 'dark', askedAt: askedAt.toISOString(), ...(speaker ? { teammate: speaker.name, teammateEmail: speaker.email } : {}) });
  });

  test.each([
    ['on one line', ' a\n\n b\t c ', 'a b c'],
    ['as long as it is', '가'.repeat(500), '가'.repeat(500)],
    ['cut at a word', `${'word '.repeat(120)}end`, `${'word '.repeat(99).trim()}…`],
    ['cut between characters, never inside one', '🌙'.repeat(600), `${'🌙'.repeat(499)}…`],
  ])('a quote is %s', (_, words, quote) => {
    expect(quoteOf(words)).toBe(quote);
    expect([...quoteOf(words)].length).toBeLessThanOrEqual(500);
  });
});

describe('the campaign that tells', () => {
  const feature = { name: 'Dark mode', event: 'Theme changed', where: [], goalDays: 14, topic: 'account' };

  test('is a series that can be published, with the feature’s event as its goal', async () => {
    const starter = await new Starters().one('feature-shipped', 'ko');
    const { definition, gaps, faults } = readDraft(messageDraft(feature, { ...(starter.content as object), fromName: '{{default event.teammate workspace.name}}', replyTo: '{{default event.teammateEmail ""}}' } as never));
    expect({ gaps, faults }).toEqual({ gaps: [], faults: [] });
    expect(definition).toMatchObject({ entry: { type: 'api' }, reentry: { policy: 'never' }, goals: [{ key: 'used', primary: true, window: { days: 14 }, event: { name: 'Theme changed' } }] });
  });

  test('keeps its other goals when the feature changes', () => {
    const own = { key: 'bought', primary: true };
    expect(goalsWith(feature, [{ key: 'used', stale: true }, own])).toMatchObject([{ key: 'used', primary: false, event: { name: 'Theme changed' } }, own]);
    expect(goalsWith({ ...feature, event: null }, [{ key: 'used' }, own])).toEqual([own]);
  });
});
