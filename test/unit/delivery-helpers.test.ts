import { expect, test } from '@jest/globals';
import { InAppContent } from '../../src/contract/message.js';
import { compileMessage } from '../../src/delivery/content/compile.js';
import type { CompiledInApp, RenderContext } from '../../src/delivery/content/compiled.js';
import { DOC_SAMPLE, HELPER_DOCS } from '../../src/delivery/content/helper-docs.js';
import { renderInApp } from '../../src/delivery/content/render.js';
import { UNSIGNED } from '../../src/delivery/content/preview.service.js';
import { checkTemplate } from '../../src/delivery/content/template-check.js';
import { HELPERS } from '../../src/delivery/content/template-helpers.js';

async function shown(template: string, person: Record<string, unknown>): Promise<string> {
  const compiled = (await compileMessage('in_app', InAppContent.parse({ body: template }))) as CompiledInApp;
  const context: RenderContext = { person, workspace: { name: 'Danbi', timeZone: 'Asia/Seoul', language: 'en' }, deliveryId: 'd', personId: 'p' };
  return renderInApp(compiled, context, UNSIGNED).body;
}

test('every helper is described, and nothing else', () => {
  expect(Object.keys(HELPER_DOCS).toSorted()).toEqual(Object.keys(HELPERS).toSorted());
});

test.each(Object.entries(HELPER_DOCS))('the example of %s shows what it says, in both languages', async (_, { example, shows }) => {
  expect([await shown(example, { ...DOC_SAMPLE, language: 'en' }), await shown(example, { ...DOC_SAMPLE, language: 'ko' })]).toEqual([shows.en, shows.ko]);
});

const at = '2026-03-29T20:30:00Z';
test.each<[string, Record<string, unknown>, string]>([
  ['{{date person.at "weekday"}}', { at, language: 'ko' }, '월요일'],
  ['{{date person.at "weekday" zone="America/New_York"}}', { at, language: 'en' }, 'Sunday'],
  ['{{date person.at "monthday"}}', { at, language: 'ko', timeZone: 'UTC' }, '3월 29일'],
  ['{{date person.at "month"}} {{date person.at "year"}}', { at: '2026-03-29' }, 'March 2026 2026'],
  ['{{number person.n style="compact"}}', { n: 12_345, language: 'ko' }, '1.2만'],
  ['{{number person.n style="percent"}}', { n: 0.25, language: 'de' }, '25\u00a0%'],
  ['{{money person.n "USD"}}', { n: 5, language: 'en' }, '$5.00'],
  ['{{money person.n "USD" digits=0}}', { n: 5, language: 'en' }, '$5'],
  ['{{plural person.n "item" "items"}}', { n: 1, language: 'ko' }, 'item'],
  ['{{plural person.n "élément" "éléments"}}', { n: 0, language: 'fr' }, 'élément'],
  ['{{plural person.n one="plik" few="pliki" many="plików" other="pliku"}}', { n: 3, language: 'pl' }, 'pliki'],
  ['{{plural person.n one="plik" few="pliki" many="plików" other="pliku"}}', { n: 5, language: 'pl' }, 'plików'],
  ['{{plural person.n one="1" other="개"}}', { n: 1, language: 'ko' }, '개'],
  ['{{person.n}}{{plural person.n one="st" two="nd" few="rd" other="th" ordinal=true}}', { n: 22, language: 'en' }, '22nd'],
  ['{{list person.l or=true}}', { l: ['a', 'b'], language: 'en' }, 'a or b'],
  ['{{count person.nothing}}', {}, '0'],
  ['{{truncate person.t 3}}', { t: '👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧' }, '👨‍👩‍👧👨‍👩‍👧…'],
  ['{{truncate person.t 3}}', { t: '김하늘' }, '김하늘'],
])('%s of %j', async (template, person, expected) => {
  expect(await shown(template, person)).toBe(expected);
});

test.each<[string, Record<string, unknown>, string]>([
  ['{{date person.at "someday"}}', { at }, '"someday" is not one of'],
  ['{{date person.at zone="Seoul"}}', { at }, 'IANA zone'],
  ['{{number person.n style="roman"}}', { n: 1 }, '"roman" is not one of'],
  ['{{list person.n}}', { n: 1 }, 'not a list'],
  ['{{count person.n}}', { n: 'x' }, 'not a list'],
])('%s says what is wrong', async (template, person, message) => {
  await expect(shown(template, person)).rejects.toMatchObject({ code: 'RENDER_ERROR', detail: expect.stringContaining(message) });
});

test.each(['{{plural person.n}}', '{{plural person.n "a"}}', '{{plural person.n one="a"}}'])('%s is refused when it is written', async (template) => {
  await expect(shown(template, { n: 1 })).rejects.toMatchObject({ problems: [{ path: 'body', code: 'template.arguments' }] });
});

test.each<[string, [string, boolean][]]>([
  ['{{person.name}}', [['person.name', true]]],
  ['{{default person.a person.b "x"}}', [['person.a', false], ['person.b', false]]],
  ['{{default person.a person.b}}', [['person.a', false], ['person.b', true]]],
  ['{{upper (default event.plan "x")}}', [['event.plan', false]]],
  ['{{#if person.vip}}{{person.name}}{{/if}}', [['person.vip', false], ['person.name', true]]],
  ['{{#each person.items as |item i|}}{{item.name}}{{i}}{{person.x}}{{/each}}', [['person.items', false], ['person.items[].name', true], ['person.items[].person.x', true]]],
  ['{{#each person.items}}{{this.name}}{{name}}{{@index}}{{../person.name}}{{@root.person.email}}{{/each}}', [['person.items', false], ['person.items[].name', true], ['person.items[].name', true], ['person.name', true], ['person.email', true]]],
  ['{{#with person.address as |a|}}{{a.city}}{{city}}{{#each a.rows}}{{this}}{{/each}}{{/with}}', [['person.address', false], ['person.address.city', true], ['person.address.city', true], ['person.address.rows', false], ['person.address.rows[]', true]]],
  ['{{#each (limit person.items 2) as |item|}}{{item.name}}{{/each}}', [['person.items', false]]],
])('what %s names', (template, expected) => {
  expect(checkTemplate(template).uses.map(({ path, required }) => [path, required])).toEqual(expected);
});
