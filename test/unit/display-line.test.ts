import { expect, test } from '@jest/globals';
import { firstInLine, leasesOver, openLease, waitingFor, type InLine } from '../../src/campaigns/domain/display-line.js';

const now = new Date('2026-03-02T09:00:00Z');
const at = (seconds: number) => new Date(now.getTime() + seconds * 1_000);
const one = (key: string, more: Partial<InLine>): InLine => ({
  key, campaignId: `campaign-${key}`, campaignSince: at(-100), deliveryId: `delivery-${key}`, kind: 'auto', class: 'standard', slot: 'corner', priority: 50, state: 'waiting', leaseUntil: at(5), ...more,
});
const mine = { class: 'standard', slot: 'corner', priority: 50, campaignId: 'campaign-m', campaignSince: at(-90) };

test.each<[string, Partial<InLine>, boolean]>([
  ['an older campaign of the same priority', {}, true],
  ['a younger one', { campaignSince: at(-80) }, false],
  ['a younger one of a higher priority', { campaignSince: at(-80), priority: 51 }, true],
  ['an older one of a lower priority', { priority: 49 }, false],
  ['one as old, whose id comes first', { campaignSince: at(-90) }, true],
  ['one as old, whose id comes later', { campaignSince: at(-90), campaignId: 'campaign-z' }, false],
  ['one for another place', { slot: 'top' }, false],
  ['one of another class', { class: 'essential' }, false],
  ['one whose place in line is over', { leaseUntil: now }, false],
  ['one that has its lease', { state: 'open' }, false],
  ['the same campaign', { campaignId: 'campaign-m', priority: 90 }, false],
])('%s goes before: %#', (_name, more, before) => {
  const rival = one('a', more);
  expect(firstInLine([rival], mine, now)).toEqual(before ? rival : null);
});

test('of several the first is named', () => {
  const line = [one('a', { priority: 60 }), one('b', { priority: 70 }), one('c', { priority: 70, campaignSince: at(-101) })];
  expect(firstInLine(line, mine, now)?.key).toBe('c');
});

test('the open lease of a class is the one that ends last, not an over one nor the own', () => {
  const line = [one('a', { state: 'open' }), one('b', { state: 'open', leaseUntil: at(9) }), one('own', { state: 'open', leaseUntil: at(20) }), one('over', { state: 'open', leaseUntil: now }), one('c', { state: 'open', class: 'essential', leaseUntil: at(30) })];
  expect(openLease(line, { class: 'standard', except: 'own' }, now)?.key).toBe('b');
  expect(openLease(line.slice(3), { class: 'standard', except: null }, now)).toBeNull();
  expect(leasesOver(line, now).map(({ key }) => key)).toEqual(['over']);
});

test('what waits for a display is found by its campaign, or by its delivery when it is one message', () => {
  const line = [one('a', {}), one('b', { campaignId: 'campaign-a', kind: 'in_app' }), one('c', { campaignId: 'campaign-a', state: 'open' })];
  expect(waitingFor(line, { campaignId: 'campaign-a' }).map(({ key }) => key)).toEqual(['a']);
  expect(waitingFor(line, { deliveryId: 'delivery-b' }).map(({ key }) => key)).toEqual(['b']);
});
