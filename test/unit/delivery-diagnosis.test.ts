import { expect, test } from '@jest/globals';
import { EmailContent, InAppContent } from '../../src/contract/message.js';
import { compileMessage } from '../../src/delivery/content/compile.js';
import type { CompiledEmail, CompiledInApp, LinkSigner, RenderContext } from '../../src/delivery/content/compiled.js';
import { diagnose } from '../../src/delivery/content/diagnosis.js';

const signer: LinkSigner = { forMessage: () => ({ click: (_index, url) => url, open: () => 'data:,', unsubscribe: () => '#u', preferences: () => '#p', view: () => '#v', honeypot: () => '' }) };
const section = (inner: string) => `<mj-section><mj-column><mj-text>${inner}</mj-text></mj-column></mj-section>`;
const context = (person: Record<string, unknown>): RenderContext => ({ person, workspace: { name: 'Danbi', timeZone: 'UTC', language: 'en' }, deliveryId: 'd', personId: 'p' });
async function problems(content: object, person: Record<string, unknown> = {}): Promise<string[]> {
  const email = 'subject' in content;
  const compiled = await compileMessage(email ? 'email' : 'in_app', (email ? EmailContent : InAppContent).parse(content));
  return diagnose(compiled as CompiledEmail | CompiledInApp, context(person), signer).problems.map(({ kind, part, subject }) => `${kind} ${part}: ${subject}`);
}

test.each<[string, object, Record<string, unknown>, string[]]>([
  ['nothing', { subject: 'Hi {{person.name}}', body: section('{{person.name}}') }, { name: 'A' }, []],
  ['everything that is missing, once', { subject: '{{person.a}} {{upper person.b}}', body: section('{{person.a}} {{date person.c}} {{person.a}}') }, {}, ['missing_value subject: person.a', 'missing_value subject: person.b', 'missing_value body: person.a', 'missing_value body: person.c']],
  ['a subject of nothing else', { subject: '{{upper person.a}}', body: section('{{#each person.l}}{{this}}{{/each}}') }, { l: ['', 'x'] }, ['missing_value subject: person.a', 'missing_value body: this']],
  ['what only the text part lacks', { subject: 's', body: section('x'), text: '{{person.a}}' }, {}, ['missing_value text: person.a']],
  ['a link without its value is a missing value', { subject: 's', body: section('<a href="{{person.url}}">x</a>') }, {}, ['missing_value body: person.url']],
  ['a link that leads nowhere', { subject: 's', body: section('<a href="https://x.example">a</a> <a href="{{person.url}}">x</a> {{person.b}}') }, { url: 'javascript:alert(1)' }, ['broken_link body: link 2', 'missing_value body: person.b']],
  ['a picture that is none', { subject: 's', body: section('<img src="{{person.url}}" alt="" />') }, { url: 'data:image/png;base64,AA' }, ['broken_link body: picture']],
  ['errors of helpers', { subject: '{{date person.at}} {{number person.n}}', body: section('x') }, { at: 'soon', n: 'x' }, ['render_error subject: date: the value is not a date', 'render_error subject: number: the value is not a number']],
  ['loops beyond their caps', { subject: 's', body: section('{{#each person.l}}x{{/each}}') }, { l: Array.from({ length: 501 }, () => 1) }, ['render_error body: each: a list has more than 500 items']],
  ['a subject that comes out empty', { subject: '{{#if person.x}}a{{/if}}', body: section('x') }, {}, ['render_error subject: it is empty']],
  ['a subject too long only for this person', { subject: '{{person.name}}', body: section('x') }, { name: '가'.repeat(71) }, ['long_subject subject: more than 70 characters']],
  ['characters as they are seen', { subject: '{{person.name}}', body: section('x') }, { name: '👨‍👩‍👧'.repeat(70) }, []],
  ['a body too large only for this person', { subject: 's', body: section('{{person.long}}') }, { long: 'x'.repeat(100_000) }, ['large_body body: more than 100 KB']],
  ['a language it does not speak', { subject: 's', body: section('x'), language: 'en', onMissingLanguage: 'skip' }, { language: 'fr' }, ['missing_language language: fr']],
  ['buttons of in-app messages', { body: '{{person.a}}', buttons: [{ label: 'Go', url: '{{person.url}}' }] }, { url: 'ftp://x' }, ['missing_value body: person.a', 'broken_link buttons.0.url: button 1']],
])('finds %s', async (_, content, person, expected) => {
  expect(await problems(content, person)).toEqual(expected);
});
