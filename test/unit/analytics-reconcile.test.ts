import { expect, test } from '@jest/globals';
import { accountOf, isSent, reconcile } from '../../src/analytics/domain/reconcile.js';

test.each([
  ['email', 'sent', 'delivered'], ['in_app', 'sent', 'inProgress'], ['in_app', 'delivered', 'delivered'], ['email', 'queued', 'inProgress'], ['email', 'sending', 'inProgress'],
  ['email', 'ghost', 'control'], ['email', 'bounced', 'bounced'], ['email', 'uncertain', 'uncertain'], ['email', 'failed', 'refused'], ['email', 'cancelled', 'refused'], ['in_app', 'recalled', 'refused'],
])('%s %s counts as %s', (channel, state, expected) => {
  expect(accountOf({ channel, state })).toBe(expected);
});

test('an unknown state is an error, not a silent gap', () => {
  expect(() => accountOf({ channel: 'email', state: 'lost' })).toThrow('lost');
});

test('every arrival is accounted for once', () => {
  const cells = [{ state: 'sent', channel: 'email', count: 90 }, { state: 'ghost', channel: 'email', count: 5 }, { state: 'failed', channel: 'email', count: 2 }];
  expect(reconcile({ count: 101, waiting: 1 }, cells, 3)).toEqual({ eligible: 101, delivered: 90, inProgress: 1, control: 5, refused: 5, bounced: 0, uncertain: 0, difference: 0 });
});

test('a lost or doubled row shows as the difference', () => {
  expect(reconcile({ count: 10, waiting: 0 }, [{ state: 'sent', channel: 'email', count: 9 }], 0).difference).toBe(1);
  expect(reconcile({ count: 10, waiting: 0 }, [{ state: 'sent', channel: 'email', count: 11 }], 0).difference).toBe(-1);
});

test('uncertain is not called sent', () => {
  expect(['sent', 'delivered', 'bounced', 'uncertain', 'failed', 'ghost', 'queued'].filter(isSent)).toEqual(['sent', 'delivered', 'bounced']);
});
