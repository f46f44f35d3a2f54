import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { loggableError, withoutAddresses } from '../../src/platform/log-error.js';

test.each([
  ['550 5.1.1 <mina@example.org>: unknown', '550 5.1.1 <…@…>: unknown'], ['to=mina@example.org, later', 'to=…@…, later'], ['"김미나@예시.한국" and a@b', '"…@…" and …@…'], ['@b is nobody, a@ neither', '@b is nobody, a@ neither'], ['a@b@c', '…@…'],
])('of %j the log keeps %j', (text, kept) => { expect(withoutAddresses(text)).toBe(kept); });

test('a word of 300,000 letters holds nobody up', () => {
  const word = 'x'.repeat(300_000);
  // A guard against minutes, no measure: what grows with the square of the word is ended here.
  const looked = (text: string) => runInNewContext('look(text)', { look: withoutAddresses, text }, { timeout: 30_000 }) as string;
  expect([looked(word) === word, looked(`${word}@example.org`)]).toEqual([true, '…@…']);
  expect(loggableError(new Error(word)).message).toHaveLength(500);
});

test('of an error its kind, place and sentence are kept, not what it quotes or carries', () => {
  const error = Object.assign(new Error('invalid input syntax for type uuid: "비밀"'), { code: '22P02', parameters: ['비밀'], detail: 'Failing row contains (비밀).', query: 'select $1::uuid', table: 'person' });
  const kept = loggableError(new Error('a request failed', { cause: error }));
  expect(kept).toMatchObject({ type: 'Error', message: 'a request failed', cause: { code: '22P02', message: 'invalid input syntax for type uuid: "…"', query: 'select $1::uuid', table: 'person' } });
  expect(kept.stack).toMatch(/^\s+at /);
  expect(JSON.stringify(kept)).not.toContain('비밀');
});
