import { expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { MAX_RECORD_BYTES, RecordFramer, type Framed } from '../../src/people/import/domain/record-framer.js';
import fc from '../support/fast-check.js';

/** All records of a file given in pieces of `size` bytes. */
function frame(text: string | Buffer, size = 7, delimiter = ','): { records: Framed[]; last: ReturnType<RecordFramer['finish']> } {
  const bytes = Buffer.from(text);
  const framer = new RecordFramer(delimiter.charCodeAt(0));
  const records: Framed[] = [];
  for (let at = 0; at < bytes.length; at += size) records.push(...framer.push(bytes.subarray(at, at + size)));
  const last = framer.finish();
  if (last && 'text' in last) records.push(last);
  return { records, last };
}

const cases = [
  { name: 'lines', text: 'a,b\nc,d\n', texts: ['a,b', 'c,d'], lines: [1, 2] },
  { name: 'no line end at the end', text: 'a,b\nc,d', texts: ['a,b', 'c,d'], lines: [1, 2] },
  { name: 'CRLF', text: 'a,b\r\nc,d\r\n', texts: ['a,b', 'c,d'], lines: [1, 2] },
  { name: 'CR alone', text: 'a,b\rc,d\r', texts: ['a,b', 'c,d'], lines: [1, 2] },
  { name: 'empty lines are passed over and counted', text: '\n\na\n\r\n\r\nb\n', texts: ['a', 'b'], lines: [3, 6] },
  { name: 'a line end inside quotes', text: 'a,"x\ny"\nb,c\n', texts: ['a,"x\ny"', 'b,c'], lines: [1, 3] },
  { name: 'doubled quotes', text: '"say ""hi""",b\nc,d\n', texts: ['"say ""hi""",b', 'c,d'], lines: [1, 2] },
  { name: 'one empty quoted cell is a record', text: '""\na\n', texts: ['""', 'a'], lines: [1, 2] },
  { name: 'only delimiters', text: ',,\na,b,c\n', texts: [',,', 'a,b,c'], lines: [1, 2] },
];

test.each(cases)('records: $name, however the bytes arrive', ({ text, texts, lines }) => {
  for (const size of [1, 2, 3, 1000]) {
    const { records } = frame(text, size);
    expect(records.map((record) => record.text)).toEqual(texts);
    expect(records.map((record) => record.line)).toEqual(lines);
    expect(records.every((record) => record.fault === null)).toBe(true);
  }
});

test.each([
  { name: 'quote inside a plain cell', text: 'a,b\nc,5" tv\nd,e\n', line: 2, column: 2 },
  { name: 'text after the closing quote', text: 'a,b\n"c"x,d\ne,f\n', line: 2, column: 1 },
  { name: 'an unclosed quote that meets the next one', text: 'a,b\n"c,d\ne,"f"\ng,h\n', line: 2, column: 1 },
])('broken quoting names its place and the next line is read again: $name', ({ text, line, column }) => {
  for (const size of [1, 5, 1000]) {
    const { records } = frame(text, size);
    const broken = records.find((record) => record.fault);
    expect(broken).toMatchObject({ line, fault: { code: 'broken-quoting', column } });
    expect(records.at(-1)!.fault).toBeNull();
  }
});

test('a quote that is never closed is told with its line and column', () => {
  expect(frame('a,b\nc,"d\ne,f\n').last).toEqual({ line: 2, column: 2 });
});

test('a record over the limit is skipped without being kept, and the next one is read', () => {
  const { records } = frame(`a\n"${'x'.repeat(3 * MAX_RECORD_BYTES)}"\nb\n`, 65_536);
  expect(records.map((record) => record.fault?.code ?? null)).toEqual([null, 'row-too-large', null]);
  expect(records[1]!.text.length).toBeLessThanOrEqual(2_000);
});

test('every record ends where the next begins, and a framer started there goes on alike', () => {
  const cell = fc.stringMatching(/^[a-z가-힣,"\r\n ]{0,6}$/);
  fc.assert(fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 40 }), (table, size) => {
    const text = table.map((cells) => cells.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join('\r\n') + '\r\n';
    const bytes = Buffer.from(text);
    const { records } = frame(bytes, size);
    const parsed = parse(records.map((record) => record.text).join('\n'), { relax_column_count: true, record_delimiter: '\n' }) as string[][];
    expect(parsed).toEqual(table);
    const middle = records[Math.floor(records.length / 2)]!;
    const rest = new RecordFramer(0x2c, middle.end, middle.endLine + 1);
    const again = [...rest.push(bytes.subarray(middle.end))];
    expect(again.map(({ text: found, line }) => [found, line])).toEqual(records.slice(records.indexOf(middle) + 1).map(({ text: found, line }) => [found, line]));
  }));
});
