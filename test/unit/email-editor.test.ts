import { describe, expect, test } from '@jest/globals';
import type { Block, Paragraph, Run } from '../../src/contract/email-blocks.js';
import { addLanguage, changeBlock, duplicateBlock, insertBlock, moveBlock, newEmail, removeBlock, removeLanguage, restoreBlock, toCode, untranslated, type EmailContent } from '../../web/src/features/messages/email-editor/content.js';
import { docOf, docOfRuns, paragraphsOf, runsOfDoc } from '../../web/src/features/messages/email-editor/rich-doc.js';
import { paragraphsOfText, textIn, withReply } from '../../web/src/features/messages/replies/reply-text.js';
import { EmailContent as Email } from '../../src/contract/message.js';
import fc from '../support/fast-check.js';

const text = (id: string, said: string): Block => ({ id, type: 'text', paragraphs: [{ type: 'paragraph', runs: [{ text: said }] }] });
const message = (): EmailContent => ['a', 'b', 'c'].reduce((now, id, index) => insertBlock(now, null, index, id === 'c' ? { id, type: 'columns', left: [text('l', 'L') as never], right: [] } : text(id, id.toUpperCase())), { ...newEmail('en'), subject: 'S' });
const shape = (blocks: Block[] | undefined) => blocks?.map((block) => (block.type === 'columns' ? [block.id, block.left.map(({ id }) => id), block.right.map(({ id }) => id)] : block.id));
const shapes = (content: EmailContent) => [shape(content.blocks), shape(content.translations?.ko?.blocks)];
const both = <T>(one: T): T[] => [one, one];

describe('blocks keep one shape in every language, words are its own', () => {
  const two = () => changeBlock(addLanguage(message(), 'en', 'ko'), 'ko', 'a', { ...text('a', '가'), align: 'center' } as Partial<Block>);

  test('words change in one language, everything else in all; what the server derives is what stands here', () => {
    const content = two();
    expect([content.blocks![0], content.translations!.ko!.blocks![0]]).toEqual([{ ...text('a', 'A'), align: 'center' }, { ...text('a', '가'), align: 'center' }]);
    expect(untranslated(content, 'ko')).toEqual(['b', 'l']);
    expect(Email.parse(content)).toEqual(content);
  });

  test('moving, adding, taking away and bringing back happen in all', () => {
    expect(shapes(moveBlock(two(), 'b', -1))).toEqual(both(['b', 'a', ['c', ['l'], []]]));
    expect(shapes(moveBlock(two(), 'a', -1))).toEqual(shapes(two()));
    expect(shapes(insertBlock(two(), { columns: 'c', side: 'right' }, 0, text('r', '')))).toEqual(both(['a', 'b', ['c', ['l'], ['r']]]));
    const { content, removed } = removeBlock(two(), 'a');
    expect(shapes(content)).toEqual(both(['b', ['c', ['l'], []]]));
    const back = restoreBlock(moveBlock(content, 'b', 1), removed);
    expect(shapes(back)).toEqual(both(['a', ['c', ['l'], []], 'b']));
    expect(back.translations!.ko!.blocks![0]).toMatchObject(text('a', '가'));
    const inside = removeBlock(two(), 'l');
    expect(shapes(restoreBlock(inside.content, inside.removed))).toEqual(shapes(two()));
  });

  test('a copy has ids of its own, the same in all languages, inside columns too', () => {
    const { content, id } = duplicateBlock(two(), 'c');
    expect(content.blocks![3]!.id).toBe(id);
    expect(shapes(content)[0]).toEqual(shapes(content)[1]);
    expect(Email.safeParse(content).success).toBe(true);
  });

  test('code in all languages at once; a language goes without a trace', () => {
    const code = toCode(two());
    expect([code.blocks, code.translations!.ko!.blocks, code.body, code.translations!.ko!.body]).toEqual([undefined, undefined, two().body, two().translations!.ko!.body]);
    expect(removeLanguage(two(), 'ko')).toEqual({ ...two(), translations: undefined });
  });
});

const look = fc.record({ bold: fc.constant(true as const), italic: fc.constant(true as const), underline: fc.constant(true as const), strike: fc.constant(true as const), href: fc.constantFrom('https://example.com/', '{{person.url}}') }, { requiredKeys: [] });
const run = fc.tuple(look, fc.oneof(fc.record({ text: fc.stringMatching(/^[가-힣a-z{}<&" \n]{1,12}$/) }), fc.record({ field: fc.constantFrom('person.name', 'event.[a b]'), default: fc.constantFrom('', '친구') }, { requiredKeys: ['field'] }))).map(([marks, one]) => ({ ...one, ...marks }) as Run);
/** Two runs of one look beside each other are one. */
const merged = (runs: Run[]): Run[] => runs.reduce<Run[]>((all, one) => {
  const before = all.at(-1);
  const same = before && 'text' in before && 'text' in one && JSON.stringify({ ...before, text: '' }, Object.keys({ ...before }).toSorted()) === JSON.stringify({ ...one, text: '' }, Object.keys({ ...one }).toSorted());
  return same ? [...all.slice(0, -1), { ...before, text: before.text + one.text }] : [...all, one];
}, []);
const line = fc.array(run, { maxLength: 5 }).map(merged);
const paragraph = fc.oneof(line.map((runs): Paragraph => ({ type: 'paragraph', runs })), fc.tuple(fc.constantFrom('bullets' as const, 'numbers' as const), fc.array(line, { minLength: 1, maxLength: 3 })).map(([type, items]): Paragraph => ({ type, items })));

test('any text goes into the text editor and comes back as it was', () => {
  fc.assert(fc.property(fc.array(paragraph, { minLength: 1, maxLength: 4 }), (paragraphs) => { expect(paragraphsOf(docOf(paragraphs))).toEqual(paragraphs); }), { seed: 7 });
  fc.assert(fc.property(line, (runs) => { expect(runsOfDoc(docOfRuns(runs))).toEqual(runs); }), { seed: 7 });
});

test('a saved reply becomes paragraphs with fields, in the language of the message or one that is there', () => {
  expect(paragraphsOfText('Hello {{default person.name "there"}},\r\n\r\nit is out: {{person.[first name]}} {{person.이름}}\nand more {{default person.x}}\n \n\n')).toEqual([
    { type: 'paragraph', runs: [{ text: 'Hello ' }, { field: 'person.name', default: 'there' }, { text: ',' }] },
    { type: 'paragraph', runs: [{ text: 'it is out: ' }, { field: 'person.[first name]' }, { text: ' ' }, { field: 'person.이름' }, { text: '\nand more {{default person.x}}' }] },
  ]);
  const texts = { ko: '안녕', 'en-GB': 'Hello', de: 'Hallo' };
  expect(['ko', 'ko-KR', 'en', 'en-US', 'fr'].map((language) => textIn(texts, language).language)).toEqual(['ko', 'ko', 'en-GB', 'en-GB', 'ko']);
  expect([withReply(undefined, texts, 'de'), withReply('Dear you,\n', texts, 'de')]).toEqual(['Hallo', 'Dear you,\n\nHallo']);
});
