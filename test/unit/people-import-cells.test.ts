import { expect, test } from '@jest/globals';
import { guardFormula, unguardFormula } from '../../src/kernel/formula-guard.js';
import { inferType, readCell, readDate, type CellType, type DateFormat } from '../../src/people/import/domain/cell-types.js';
import { resolvePeople } from '../../src/people/import/domain/columns.js';
import { guessOf, readHead } from '../../src/people/import/domain/encodings.js';
import { PeopleImportQuery } from '../../src/people/import/domain/import-options.js';
import fc from '../support/fast-check.js';

test.each<[string[], CellType]>([
  [['1', '2.50', '-3', ''], 'number'], [['1', '007'], 'text'], [['+8210'], 'text'], [['1e5'], 'text'], [['1234567890123456'], 'text'], [['-0.5', '0'], 'number'],
  [['true', 'false', ''], 'boolean'], [['true', '1'], 'text'], [['TRUE'], 'text'], [['2026-01-05'], 'text'], [['', ''], 'auto'], [[], 'auto'], [['1,000'], 'text'],
])('the column %j is %s', (cells, type) => {
  expect(inferType(cells)).toBe(type);
});

test.each<[string, DateFormat, string, string | null]>([
  ['2026-01-05', 'iso', 'Asia/Seoul', '2026-01-05'], ['2026-02-30', 'iso', 'UTC', null], ['2026-01-05 09:00', 'iso', 'Asia/Seoul', '2026-01-05T00:00:00.000Z'],
  ['2026-01-05T09:00:00+09:00', 'iso', 'UTC', '2026-01-05T00:00:00.000Z'], ['2026-03-29T02:30', 'iso', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'], ['soon', 'iso', 'UTC', null],
  ['5.1.2026', 'd-m-y', 'UTC', '2026-01-05'], ['31/02/2026', 'd-m-y', 'UTC', null], ['1/5/2026 9:05', 'm-d-y', 'UTC', '2026-01-05T09:05:00.000Z'], ['2026. 1. 5', 'y-m-d', 'UTC', null],
  ['2026.1.5.', 'y-m-d', 'UTC', '2026-01-05'], ['1767571200', 'epoch-seconds', 'UTC', '2026-01-05T00:00:00.000Z'], ['1767571200000', 'epoch-milliseconds', 'UTC', '2026-01-05T00:00:00.000Z'], ['99999999999999', 'epoch-seconds', 'UTC', null],
])('%s as %s in %s is %s', (text, format, zone, expected) => {
  expect(readDate(text, format, zone)).toBe(expected);
});

test.each<[string, CellType, boolean, unknown]>([
  ['12', 'number', false, 12], ['x', 'number', false, 'x'], ['x', 'number', true, null], ['007', 'number', true, 7], ['TRUE', 'boolean', true, true], ['0', 'boolean', true, false], ['yes', 'boolean', true, null],
  ['{"a":[1]}', 'json', true, { a: [1] }], ['{a}', 'json', true, null], ['12', 'auto', false, 12], ['012', 'auto', false, '012'], ['12', 'text', true, '12'],
])('the cell %s as %s (declared: %s) is %j', (cell, type, declared, expected) => {
  const read = readCell(cell, { type, declared, dateFormat: 'iso', timeZone: 'UTC', dayAsInstant: false });
  expect(read.ok ? read.value : null).toEqual(expected);
});

test('a guarded cell never begins a formula and is read back as it was', () => {
  fc.assert(fc.property(fc.stringMatching(/^['=+\-@\t\ra가]{0,5}$/), (cell) => {
    expect(guardFormula(cell)).not.toMatch(/^[=+\-@\t\r]/);
    expect(unguardFormula(guardFormula(cell))).toBe(cell);
  }));
});

test('the first bytes tell encodings and files that are no text', () => {
  expect(readHead(Buffer.from('id,name\n'))).toEqual({ kind: 'text', encoding: null, bomBytes: 0 });
  expect(readHead(Buffer.from('id,이름\n가,나\n', 'utf16le'))).toMatchObject({ encoding: 'utf-16le', bomBytes: 0 });
  expect(readHead(Buffer.from('%PDF-1.7'))).toMatchObject({ kind: 'not-text' });
  expect(guessOf(Buffer.from([0xb1, 0xe8]))).toBe('cp949');
  expect(guessOf(Buffer.from([0xe9, 0x2c]))).toBe('windows-1252');
});

test('roles come from usual names, the mapping, and types in the header', () => {
  const { mapping } = PeopleImportQuery.parse({ mapping: '{"Labels":{"to":"tags"},"Note":null,"Seats":{"to":"seats","type":"number"}}' });
  const resolved = resolvePeople(['Kunde', 'Labels', 'Note', 'Seats', 'plan:text', '$kind', 'created_at'], [['1', 'a', 'b', '2', '3', 'user', '']], { key: 'Kunde', mapping });
  expect(resolved.ok && resolved.columns.map(({ role, key, type }) => [role, key, type])).toEqual([
    ['user_id', '', 'text'], ['tags', '', 'text'], ['ignored', '', 'text'], ['attribute', 'seats', 'number'], ['attribute', 'plan', 'text'], ['ignored', '', 'text'], ['attribute', 'created_at', 'date'],
  ]);
});
