import { expect, test } from '@jest/globals';
import pg from 'pg';
import { createRequire } from 'node:module';
import { alike } from '../../src/platform/database/alike.js';
import { plainArray, withPlainArrays } from '../../src/platform/database/array-text.js';

const { prepareValue } = createRequire(import.meta.url)('pg/lib/utils.js') as { prepareValue: (value: unknown) => string };

test.each([
  [['0190a3c0-0000-7000-8000-000000000001', '0190a3c0-0000-7000-8000-000000000002']], [[1, -2, 30]], [[true, false]], [['a', 'NULL-', '-']], [[]],
])('a plain array says what the client would: %j', (list) => {
  expect(plainArray(list)).toBe(prepareValue(list).replaceAll('"', ''));
});

test.each([
  [['a', 'null']], [['NULL', 'b']], [['']], [['a b']], [['a,b']], [['a"b']], [['a\\b']], [['{a}']], [['한글', 'a']], [[null, 'a']], [[undefined, 1]], [[1.5]], [[NaN]], [[new Date(0), 1]], [[['a'], ['b']]], [[{ a: 1 }]],
])('anything else is left to the client: %j', (list) => {
  const written = withPlainArrays([list]);
  expect([plainArray(list), written[0]]).toEqual([null, list]);
});

test('what the client writes can be read back, whoever wrote it', () => {
  const read = pg.types.getTypeParser(1009 as number) as (text: string) => unknown;
  for (const list of [['a', 'b-1'], ['a', 'null', 'x y', '']]) expect(read(prepareValue(withPlainArrays([list])[0]))).toEqual(list);
});

test('rows that say the same share a place, whichever rows stand between them', () => {
  const at = (n: number) => new Date(n);
  const kinds = Array.from({ length: 12 }, (_, n) => ({ step: `s${n % 3}`, at: n % 2 ? at(n) : null, is: n > 6, of: { n: n % 4 }, id: n }));
  const list = Array.from({ length: 600 }, (_, n) => ({ ...kinds[(n * 7) % 12]!, at: kinds[(n * 7) % 12]!.at && at(kinds[(n * 7) % 12]!.at!.getTime()), of: { ...kinds[(n * 7) % 12]!.of }, id: n }));
  const { said, places } = alike(list, ['step', 'at', 'is', 'of']);
  const things = JSON.parse(said) as Record<string, unknown>[];
  expect(things).toHaveLength(12);
  expect(list.map(({ id: _id, ...one }, index) => [JSON.parse(JSON.stringify(one)), places[index]])).toEqual(places.map((place) => {
    const { place: own, ...thing } = things[place - 1]!;
    return [thing, own];
  }));
});
