import { expect, test } from '@jest/globals';
import { nextAttempt } from '../../src/delivery/sending/domain/retry.js';
import { outcomeOf, type SmtpFailure } from '../../src/delivery/sending/domain/smtp-outcome.js';

const failure = (more: Partial<SmtpFailure>): SmtpFailure => ({ message: 'Connection closed unexpectedly', opened: true, begun: false, ...more });
const reply = (response: string, command = 'RCPT TO', begun = false) => failure({ code: 'EENVELOPE', command, response, responseCode: Number(response.slice(0, 3)), begun });

test.each<[string, SmtpFailure, object]>([
  ['refused connection', failure({ code: 'ESOCKET', opened: false }), { kind: 'transport_down' }],
  ['no such host', failure({ code: 'EDNS', opened: false }), { kind: 'transport_down' }],
  ['wrong password', failure({ code: 'EAUTH', responseCode: 535, opened: false }), { kind: 'transport_down' }],
  ['login wanted', reply('530 5.7.0 Authentication required', 'MAIL FROM'), { kind: 'transport_down' }],
  ['sender refused', reply('550 5.7.1 Sender not allowed', 'MAIL FROM'), { kind: 'transport_down' }],
  ['closed before the body', failure({ code: 'ECONNECTION' }), { kind: 'lost' }],
  ['server closing', reply('421 4.3.2 Service shutting down'), { kind: 'lost' }],
  ['closed after the dot', failure({ code: 'ECONNECTION', begun: true }), { kind: 'uncertain' }],
  ['421 after the dot', reply('421 4.3.2 Not now', 'DATA', true), { kind: 'lost' }],
  ['greylisted', reply('451 4.7.1 Try again'), { kind: 'deferred' }],
  ['unknown user', reply('550 5.1.1 <x@y> user unknown'), { kind: 'rejected', refusal: 'invalid_recipient', bounce: true, suppress: true }],
  ['unknown user without a status', reply('550 No such user'), { kind: 'rejected', refusal: 'invalid_recipient', suppress: true }],
  ['null MX', reply('556 5.1.10 Domain does not accept mail'), { kind: 'rejected', refusal: 'bad_domain', suppress: true }],
  ['disabled mailbox', reply('550 5.2.1 The account is disabled'), { kind: 'rejected', refusal: 'inactive', suppress: true }],
  ['D8: full, though it says 5.1.1', reply('552 5.1.1 Not enough disk space'), { kind: 'deferred' }],
  ['full', reply('552 5.2.2 Mailbox full'), { kind: 'deferred' }],
  ['D3: block list', reply('550 5.7.1 listed at zen.spamhaus.org'), { kind: 'rejected', refusal: 'policy', bounce: false, suppress: false }],
  ['D9: not authenticated', reply('550-5.7.26 This mail is unauthenticated'), { kind: 'rejected', refusal: 'policy', suppress: false }],
  ['too large after the dot', reply('552 5.3.4 Message size exceeds limit', 'DATA', true), { kind: 'rejected', refusal: 'too_big', bounce: false, suppress: false }],
  ['spam after the dot', reply('554 5.7.1 Spam detected', 'DATA', true), { kind: 'rejected', bounce: false, suppress: false }],
  ['no reason at all', reply('550 5.0.0 Rejected'), { kind: 'rejected', refusal: 'other', bounce: true, suppress: false }],
])('%s', (_name, given, expected) => expect(outcomeOf(given)).toMatchObject(expected));

test('retries come later and later, differ between deliveries, are the same each time, and end after a day', () => {
  const first = new Date('2026-03-02T09:00:00Z');
  const waits = Array.from({ length: 9 }, (_, index) => nextAttempt('a', index + 1, first, first)!.getTime() - first.getTime());
  [5, 15, 30, 60, 120, 240, 240, 240, 240].forEach((minutes, index) => {
    expect(waits[index]).toBeGreaterThanOrEqual(minutes * 60_000);
    expect(waits[index]).toBeLessThanOrEqual(minutes * 72_000);
  });
  expect(nextAttempt('a', 1, first, first)).toEqual(nextAttempt('a', 1, first, first));
  expect(new Set(Array.from({ length: 50 }, (_, index) => nextAttempt(`d${index}`, 1, first, first)!.getTime())).size).toBeGreaterThan(45);
  expect(nextAttempt('a', 9, first, new Date(first.getTime() + 21 * 3_600_000))).toBeNull();
});
