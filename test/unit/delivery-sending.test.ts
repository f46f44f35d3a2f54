import { expect, test } from '@jest/globals';
import { overBudget, type Judged } from '../../src/delivery/sending/domain/error-budget.js';
import { askedWait, nextAttempt, type Attempt } from '../../src/delivery/sending/domain/retry.js';
import { DEFAULT_SETTINGS } from '../../src/delivery/sending/domain/sending-settings.js';
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
  ['disabled mailbox', reply('550 5.2.1 The account is disabled'), { kind: 'rejected', refusal: 'inactive', bounce: true, suppress: false }],
  ['D8: full, though it says 5.1.1', reply('552 5.1.1 Not enough disk space'), { kind: 'deferred' }],
  ['full', reply('552 5.2.2 Mailbox full'), { kind: 'deferred' }],
  ['D3: block list', reply('550 5.7.1 listed at zen.spamhaus.org'), { kind: 'rejected', refusal: 'block_reputation', bounce: false, suppress: false }],
  ['D9: not authenticated', reply('550-5.7.26 This mail is unauthenticated'), { kind: 'rejected', refusal: 'block_auth', suppress: false }],
  ['too large after the dot', reply('552 5.3.4 Message size exceeds limit', 'DATA', true), { kind: 'rejected', refusal: 'too_big', bounce: false, suppress: false }],
  ['spam after the dot', reply('554 5.7.1 Spam detected', 'DATA', true), { kind: 'rejected', bounce: false, suppress: false }],
  ['no reason at all', reply('550 5.0.0 Rejected'), { kind: 'rejected', refusal: 'other', bounce: true, suppress: false }],
])('%s', (_name, given, expected) => expect(outcomeOf(given)).toMatchObject(expected));

const FIRST = new Date('2026-03-02T09:00:00Z');
const attempt = (more: Partial<Attempt> = {}) => nextAttempt({ deliveryId: 'a', attempts: 1, firstAttempt: FIRST, now: FIRST, giveUpHours: 24, detail: '451 4.3.0 Try later', lost: false, ...more });

test('retries come later and later, differ between deliveries, are the same each time, and end after a day', () => {
  const waits = Array.from({ length: 9 }, (_, index) => attempt({ attempts: index + 1 })!.getTime() - FIRST.getTime());
  [5, 15, 30, 60, 120, 240, 240, 240, 240].forEach((minutes, index) => {
    expect(waits[index]).toBeGreaterThanOrEqual(minutes * 60_000);
    expect(waits[index]).toBeLessThanOrEqual(minutes * 72_000);
  });
  expect(attempt()).toEqual(attempt());
  expect(new Set(Array.from({ length: 50 }, (_, index) => attempt({ deliveryId: `d${index}` })!.getTime())).size).toBeGreaterThan(45);
  const late = { attempts: 9, now: new Date(FIRST.getTime() + 21 * 3_600_000) };
  expect(attempt(late)).toBeNull();
  expect(attempt({ ...late, giveUpHours: 72 })).not.toBeNull();
});

test.each<[string, number | null]>([
  ['451 4.7.1 Greylisted, please try again in 300 seconds', 300], ['450 4.2.0 Greylisted: try again in 5 minutes', 300], ['421 Too many connections, retry after 1 hour', 3_600], ['451 Please come back in 2 mins', 120],
  ['450 try again in 1 s', 10], ['450 try again in 99999 hours', 12 * 3_600], ['451 Try again later', null], ['450 4.2.2 Mailbox full, 5 minutes old', null], ['451 4.7.1 retry. Host 10 in 300 seconds', null],
])('the wish of a server is followed within reason: %s', (detail, seconds) => {
  expect(askedWait(detail)).toBe(seconds === null ? null : seconds * 1_000);
  if (seconds !== null) expect(attempt({ detail, attempts: 6 })!.getTime() - FIRST.getTime()).toBeLessThanOrEqual(seconds * 1_200);
});

test.each<[string, Partial<Judged>, string | null]>([
  ['all went well', {}, null], ['5 % hard is allowed', { hard: 25 }, null], ['more than 5 % hard', { hard: 26 }, 'hard'], ['one complaint in 500', { complaints: 1 }, null], ['two are too many', { complaints: 2 }, 'complaint'],
  ['two complaints, but only 499 delivered', { complaints: 2, delivered: 499 }, null], ['20 % blocked is allowed', { blocked: 100 }, null], ['more than 20 % blocked', { blocked: 101 }, 'block'], ['499 are too few to tell', { total: 499, hard: 499 }, null],
  ['nothing delivered at all', { delivered: 0, hard: 500 }, 'hard'],
])('error budget: %s', (_name, judged, measure) => {
  const why = overBudget({ total: 500, delivered: 500, hard: 0, complaints: 0, blocked: 0, ...judged }, DEFAULT_SETTINGS.errorBudget, FIRST);
  expect(why?.measure ?? null).toBe(measure);
  expect(overBudget({ total: 500, delivered: 500, hard: 500, complaints: 500, blocked: 500 }, { ...DEFAULT_SETTINGS.errorBudget, enabled: false }, FIRST)).toBeNull();
});
