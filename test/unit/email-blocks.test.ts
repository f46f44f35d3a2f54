import { expect, test } from '@jest/globals';
import { blockAtLine, bodyOfBlocks } from '../../src/contract/blocks-to-mjml.js';
import { EmailBlocks, type Block, type InnerBlock, type Run } from '../../src/contract/email-blocks.js';
import { EmailContent } from '../../src/contract/message.js';
import { compileMessage } from '../../src/delivery/content/compile.js';
import type { CompiledEmail, LinkSigner, RenderContext } from '../../src/delivery/content/compiled.js';
import { renderEmail } from '../../src/delivery/content/render.js';
import { AppError } from '../../src/kernel/errors.js';
import fc from '../support/fast-check.js';

const signer: LinkSigner = { forMessage: () => ({ click: (_index, url) => url, open: () => 'https://go.example/o/1.gif', unsubscribe: () => 'https://go.example/u/1', preferences: () => 'https://go.example/p/1', view: () => 'https://go.example/v/1', honeypot: () => '' }) };
const context = (person: Record<string, unknown>): RenderContext => ({ person, workspace: { name: 'Danbi', timeZone: 'Asia/Seoul', language: 'en' }, deliveryId: 'd', personId: 'p' });
const compiled = async (blocks: unknown[]) => (await compileMessage('email', EmailContent.parse({ subject: 'S', preheader: 'P', blocks }))) as CompiledEmail;
const render = async (blocks: unknown[], person: Record<string, unknown> = {}) => renderEmail(await compiled(blocks), context(person), signer);
const problemsOf = async (blocks: unknown[]) => {
  try {
    await compiled(blocks);
  } catch (error) {
    if (error instanceof AppError) return error.problems;
    throw error;
  }
  return [];
};
const text = (id: string, ...runs: Run[]): InnerBlock => ({ id, type: 'text', paragraphs: [{ type: 'paragraph', runs }] });
const words = (said: string): Run => ({ text: said });

test('a document of every kind of block becomes what it says, for this person', async () => {
  const blocks: Block[] = [
    { id: 'h', type: 'heading', level: 1, runs: [words('Hello '), { field: 'person.first_name', default: 'friend' }], align: 'center' },
    { id: 't', type: 'text', paragraphs: [{ type: 'paragraph', runs: [{ text: 'Your ', bold: true }, { field: 'person.plan', italic: true, href: 'https://example.com/{{person.plan}}?a=1&b=2' }, words(' plan\nends')] }, { type: 'bullets', items: [[words('one')], [words('two')]] }] },
    { id: 'b', type: 'button', label: 'Go on', href: '{{person.url}}', color: '#FFEE00' },
    { id: 'i', type: 'image', src: 'https://example.com/a.png', alt: 'A "picture"', width: 200 },
    { id: 'd', type: 'divider' }, { id: 's', type: 'spacer', height: 12 },
    { id: 'c', type: 'columns', left: [text('c1', words('left'))], right: [text('c2', words('right')), { id: 'c3', type: 'product', src: 'https://example.com/p.png', alt: 'Mug', title: 'Mug', note: 'of clay', price: '₩12,000', label: 'Buy', href: 'https://example.com/mug' }] },
    { id: 'm', type: 'mjml', mjml: '<mj-section><mj-column><mj-text>raw {{person.plan}}</mj-text></mj-column></mj-section>' },
  ];
  const { html, text: plain } = await render(blocks, { first_name: 'Mina', plan: 'pro', url: 'https://example.com/go?x=1&y=2' });
  expect(plain.replace(/\s*\n+/g, '\n')).toMatch(/^Hello Mina\nYour pro \[https:\/\/example\.com\/pro\?a=1&b=2\] plan\nends\n \* one\n \* two\nGo on \[https:\/\/example\.com\/go\?x=1&y=2\]\nleft\nright\nhttps:\/\/example\.com\/mug\nMug\nof clay\n₩12,000\nBuy \[https:\/\/example\.com\/mug\]\nraw pro\n/);
  for (const part of [/<strong>Your <\/strong>/, /<em>pro<\/em>/, /alt="A &quot;picture&quot;"/, /height:12px/, /background:#FFEE00[^"]*"|bgcolor="#FFEE00"/, /color:#000000/]) expect(html).toMatch(part);
  expect((await compiled(blocks)).warnings).toEqual([]);
  // Neither field has a value, only one of them a last resort.
  await expect(render(blocks.slice(0, 2), {})).rejects.toThrow('person.plan');
  expect((await render(blocks.slice(0, 1), {})).text).toMatch(/^Hello friend\n/);
});

test.each<[string, Block['showIf'], Record<string, unknown>, boolean]>([
  ['there is a value', { field: 'person.plan', op: 'exists' }, { plan: 'pro' }, true],
  ['there is none', { field: 'person.plan', op: 'exists' }, {}, false],
  ['none is wanted', { field: 'person.plan', op: 'missing' }, {}, true],
  ['one is not wanted', { field: 'person.plan', op: 'missing' }, { plan: 'pro' }, false],
  ['the same text, with a quotation mark', { field: 'person.plan', op: 'is', value: '12" <pro>' }, { plan: '12" <pro>' }, true],
  ['another text', { field: 'person.plan', op: 'is', value: "it's" }, { plan: 'its' }, false],
  ['not this one', { field: 'person.plan', op: 'is_not', value: 'free' }, { plan: 'pro' }, true],
  ['an item of a list', { field: 'person.likes', op: 'contains', value: '차' }, { likes: ['커피', '차'] }, true],
  ['a greater number', { field: 'person.[total spent]', op: 'gt', value: 0.000_001 }, { 'total spent': 1 }, true],
  ['a number that is not smaller', { field: 'person.seats', op: 'lt', value: 1_000_000 }, { seats: 2_000_000 }, false],
  ['a truth value', { field: 'person.vip', op: 'is', value: true }, { vip: true }, true],
])('a block is shown if %s', async (_name, showIf, person, isShown) => {
  const shown = [{ ...text('a', words('SHOWN')), showIf }, { id: 'b', type: 'columns', left: [text('c', words('SHOWN'))], right: [], showIf }, { id: 'd', type: 'columns', left: [{ ...text('e', words('SHOWN')), showIf }], right: [] }, { id: 'f', type: 'mjml', mjml: '<mj-section><mj-column><mj-text>SHOWN</mj-text></mj-column></mj-section>', showIf }];
  const made = await render([text('w', words('always')), ...shown], person);
  expect([made.html.split('SHOWN').length - 1, made.text.split('SHOWN').length - 1]).toEqual(isShown ? [4, 4] : [0, 0]);
});

test('what is at fault is told at its block', async () => {
  const blocks = [text('a', words('fine')), { id: 'c', type: 'columns', left: [], right: [text('b', words('fine')), text('d', words('{{shout person.name}}'))] }, text('e', words('{{#if person.x}}')), { id: 'm', type: 'mjml', mjml: '<mj-section>\n<mj-column>\n<script>x</script></mj-column></mj-section>' }];
  expect(await problemsOf(blocks.slice(0, 2))).toMatchObject([{ path: 'blocks.1.right.1', code: 'template.unknown-helper' }]);
  expect(await problemsOf([blocks[0]!, blocks[3]!])).toMatchObject([{ path: 'blocks.1', code: 'message.refused-element' }]);
  expect(await problemsOf([blocks[2]!])).toMatchObject([{ code: 'template.syntax' }]);
  const { warnings } = await compiled([{ id: 'i', type: 'image', src: 'https://example.com/a.png' }, { id: 'c', type: 'columns', left: [{ id: 'b', type: 'button', label: 'Go', href: ' ' }], right: [] }]);
  expect(warnings.map(({ path, code }) => [path, code])).toEqual([['blocks.0.alt', 'message.no-alt'], ['blocks.1.left.0.href', 'message.no-link']]);
  const lines = bodyOfBlocks(blocks as Block[]).split('\n');
  expect(lines.map((line, index) => (line.includes('shout') || line.includes('<script>') ? blockAtLine(blocks as Block[], index + 1) : null)).filter(Boolean)).toEqual(['1.right.1', '3']);
});

test('the body is what the blocks give, in every language, whatever was sent; without either there is none', () => {
  const blocks = [text('a', words('one'))];
  const ko = [text('a', words('하나'))];
  const parsed = EmailContent.parse({ subject: 'S', body: 'forged', blocks, language: 'en', translations: { ko: { subject: 'S', body: '', blocks: ko }, ja: { subject: 'S', body: '<mj-section />' } } });
  expect([parsed.body, parsed.translations!.ko!.body, parsed.translations!.ja!.body]).toEqual([bodyOfBlocks(EmailBlocks.parse(blocks)), bodyOfBlocks(EmailBlocks.parse(ko)), '<mj-section />']);
  expect(EmailContent.safeParse({ subject: 'S' }).error!.issues).toMatchObject([{ path: ['body'] }]);
  expect(EmailContent.safeParse({ subject: 'S', blocks: [], body: 'x' }).error!.issues).toMatchObject([{ path: ['blocks'] }]);
});

test.each<[string, unknown]>([
  ['the same id twice', [text('a', words('x')), { id: 'c', type: 'columns', left: [text('a', words('y'))], right: [] }]],
  ['a field that would end its expression', [text('a', { field: 'person.x}}{{{y' })]],
  ['a field with the name of a prototype', [text('a', { field: 'person.constructor.name' })]],
  ['a fallback that would end its expression', [text('a', { field: 'person.x', default: 'a"\'' })]],
  ['a fallback with a template', [text('a', { field: 'person.x', default: '{{> secret}}' })]],
  ['an unknown kind', [{ id: 'a', type: 'script' }]],
  ['a colour that is more', [{ id: 'a', type: 'button', label: 'x', href: '', color: '#112233;x' }]],
  ['a hundred and one', Array.from({ length: 101 }, (_, index) => ({ id: `d${index}`, type: 'divider' }))],
])('refused: %s', (_name, blocks) => {
  expect(EmailBlocks.safeParse(blocks).success).toBe(false);
});

const said = fc.oneof(
  fc.constantFrom('<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '&amp;&lt;', '{', '}', '{{{', '{{', '}}', '\\', '{{"}}', "{{'x}}", '{{!-- x', '{{! x }}', '{{{person.a}}}', '<!-- body -->', '[[preheader]]', 'dnbv0z', '$&', ']]>', '<mj-raw>', '단비', '🎉', "it's", '\u200B', 'a\\{{', '{ {person.a}}'),
  fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }).map((all) => all.replace(/[\p{Cc}\p{Cs}\p{Co}\p{Cn}]/gu, '').replace(/\{\{|\}\}/g, '')).filter((all) => all !== ''),
);
const path = fc.constantFrom('person.a', 'person.[a b]', 'person.true', 'person.이름', 'event.x.y', 'workspace.name', 'person.[0]', 'person.a-b');
const look = fc.record({ bold: fc.constant(true as const), italic: fc.constant(true as const), underline: fc.constant(true as const), strike: fc.constant(true as const), href: fc.constantFrom('https://example.com/?q="<&', 'https://example.com/{x}{{person.a}}', '{{person.a}}', 'mailto:a@example.com', '#top') }, { requiredKeys: [] });
const aRun = fc.tuple(look, fc.oneof(said.map((one) => ({ text: one })), fc.record({ field: path, default: fc.constantFrom('', 'x', '<b>', "it's", '12"', '단') }))).map(([marks, one]): Run => ({ ...one, ...marks }));
const line = fc.array(aRun, { maxLength: 5 });
const showIf = fc.option(fc.oneof(fc.record({ field: path, op: fc.constantFrom('exists' as const, 'missing' as const) }), fc.record({ field: path, op: fc.constantFrom('is' as const, 'is_not' as const, 'contains' as const, 'gt' as const, 'lt' as const), value: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constantFrom('', '<', '12"', "it's", '단')) })), { nil: undefined });
const anInner = fc.tuple(showIf, fc.oneof(
  fc.record({ type: fc.constant('heading' as const), level: fc.constantFrom(1 as const, 2 as const, 3 as const), runs: line, align: fc.constantFrom('left' as const, 'right' as const) }),
  fc.record({ type: fc.constant('text' as const), paragraphs: fc.array(fc.oneof(line.map((runs) => ({ type: 'paragraph' as const, runs })), fc.record({ type: fc.constantFrom('bullets' as const, 'numbers' as const), items: fc.array(line, { minLength: 1, maxLength: 3 }) })), { maxLength: 3 }) }),
  fc.record({ type: fc.constant('button' as const), label: said, href: fc.constantFrom('', 'https://example.com/"x', '{{person.a}}'), color: fc.constantFrom('#000000', '#FFFFFF', '#1a5FB4') }),
  fc.record({ type: fc.constant('image' as const), src: fc.constantFrom('', 'https://example.com/a b.png', 'https://example.com/{{person.a}}.png'), alt: said, width: fc.integer({ min: 16, max: 640 }) }),
  fc.record({ type: fc.constant('divider' as const) }), fc.record({ type: fc.constant('spacer' as const), height: fc.integer({ min: 4, max: 200 }) }),
  fc.record({ type: fc.constant('product' as const), src: fc.constantFrom('', 'https://example.com/a.png'), alt: said, title: said, note: said, price: said, label: said, href: fc.constantFrom('', 'https://example.com/') }),
)).map(([condition, block]) => ({ ...block, ...(condition ? { showIf: condition } : {}) }) as unknown as InnerBlock);
const aDocument = fc.array(fc.oneof({ weight: 4, arbitrary: anInner }, fc.tuple(fc.array(anInner, { maxLength: 2 }), fc.array(anInner, { maxLength: 2 }), showIf).map(([left, right, condition]) => ({ type: 'columns', left, right, ...(condition ? { showIf: condition } : {}) }) as unknown as Block)), { minLength: 1, maxLength: 4 })
  .map((blocks) => { let next = 0; const named = <T>(one: T): T => ({ ...one, id: `b${(next += 1)}` }); return blocks.map((one) => named(one.type === 'columns' ? { ...one, left: one.left.map(named), right: one.right.map(named) } : one)) as Block[]; });

test('any document compiles without an error', async () => {
  await fc.assert(fc.asyncProperty(aDocument, async (blocks) => {
    expect(await problemsOf(EmailBlocks.parse(blocks))).toEqual([]);
  }), { numRuns: Number(process.env.BLOCKS_RUNS ?? 40), seed: process.env.BLOCKS_SEED ? Number(process.env.BLOCKS_SEED) : 7 });
});

const OPENING = /<(?:[a-z!?/])/gi;
test('hostile words stay words: they are read as they were written, and no markup is made of them', async () => {
  await fc.assert(fc.asyncProperty(fc.array(said, { minLength: 1, maxLength: 6 }), async (all) => {
    const { html, text: plain } = await render([text('x', words('BEGIN'), ...all.map(words), words('END'))], { a: 'A' });
    const blank = (await render([text('x', words('BEGIN'), words('END'))])).html;
    expect(html.match(OPENING)!.length).toBe(blank.match(OPENING)!.length);
    const wanted = all.join('').replaceAll(/\{\{person\.a\}\}/g, 'A');
    const read = (one: string) => one.replaceAll('\u2060', '').replace(/[\s\u200b]+/gu, ' ');
    expect(read(/BEGIN([\s\S]*)END/.exec(plain)![1]!)).toBe(read(wanted));
  }), { numRuns: Number(process.env.BLOCKS_RUNS ?? 40), seed: process.env.BLOCKS_SEED ? Number(process.env.BLOCKS_SEED) : 7 });
});
