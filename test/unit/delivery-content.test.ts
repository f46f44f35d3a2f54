import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { EmailContent, InAppContent } from '../../src/contract/message.js';
import { compileMessage } from '../../src/delivery/content/compile.js';
import type { CompiledEmail, CompiledInApp, LinkSigner, RenderContext } from '../../src/delivery/content/compiled.js';
import { loadLayout, offersUnsubscription } from '../../src/delivery/content/layouts.js';
import { renderEmail, renderInApp } from '../../src/delivery/content/render.js';
import { AppError } from '../../src/kernel/errors.js';

const targets: string[] = [];
const signer: LinkSigner = {
  forMessage: () => ({
    click: (index, url) => { targets[index] = url; return `https://go.example/c/${index}`; },
    open: () => 'https://go.example/o/1.gif', unsubscribe: () => 'https://go.example/u/1', preferences: () => 'https://go.example/p/1',
    view: () => 'https://go.example/v/1', honeypot: () => 'https://go.example/c/trap',
  }),
};
const section = (inner: string) => `<mj-section><mj-column><mj-text>${inner}</mj-text></mj-column></mj-section>`;
const email = async (content: Partial<EmailContent>) => (await compileMessage('email', EmailContent.parse({ subject: 'S', body: section('B'), ...content }))) as CompiledEmail;
const context = (person: Record<string, unknown> = {}, more: Partial<RenderContext> = {}): RenderContext => ({
  person, workspace: { name: 'Danbi', timeZone: 'Asia/Seoul', language: 'en' }, deliveryId: 'd', personId: 'p', ...more,
});
const render = async (content: Partial<EmailContent>, person: Record<string, unknown> = {}, more: Partial<RenderContext> = {}) => renderEmail(await email(content), context(person, more), signer);
const refusal = async (content: Partial<EmailContent>) => {
  try {
    await email(content);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was accepted');
};

test.each<[string, Partial<EmailContent>, string, string, string]>([
  ['an unknown helper', { subject: 'Hi {{shout person.name}}' }, 'subject', 'template.unknown-helper', 'line 1, column 6: there is no helper "shout"'],
  ['an unknown block', { body: section('\n{{#loop person.items}}x{{/loop}}') }, 'body', 'template.unknown-helper', 'line 2, column 4: there is no block "loop"'],
  ['log', { subject: '{{log person.name}}' }, 'subject', 'template.unknown-helper', 'no helper "log"'],
  ['lookup', { subject: '{{lookup person "constructor"}}' }, 'subject', 'template.unknown-helper', 'no helper "lookup"'],
  ['a block that is not closed', { subject: '{{#if person.a}}x' }, 'subject', 'template.syntax', 'line 1'],
  ['a block closed by another', { body: section('{{#if person.a}}x{{/each}}') }, 'body', 'template.syntax', '"if" is closed by "each"'],
  ['braces that are not closed', { preheader: 'a\nb {{person.name' }, 'preheader', 'template.unclosed', 'line 2, column 3'],
  ['a variable without its group', { subject: 'Hi {{name}}' }, 'subject', 'template.unknown-variable', 'perhaps person.name'],
  ['the constructor', { subject: '{{person.constructor.name}}' }, 'subject', 'template.forbidden-name', '"constructor" is not offered'],
  ['the constructor alone', { subject: '{{constructor}}' }, 'subject', 'template.forbidden-name', '"constructor"'],
  ['__proto__', { subject: '{{__proto__}}' }, 'subject', 'template.forbidden-name', '"__proto__"'],
  ['__proto__ in an argument', { subject: '{{default person.[__proto__].x "a"}}' }, 'subject', 'template.forbidden-name', '"__proto__"'],
  ['unescaped output', { body: section('{{{person.name}}}') }, 'body', 'template.unescaped', 'column'],
  ['unescaped output by &', { body: section('{{&person.name}}') }, 'body', 'template.unescaped', 'column'],
  ['a snippet that does not exist', { body: section('{{> other}}') }, 'body', 'template.unknown-snippet', 'line 1, column 33: there is no snippet "other"'],
  ['a partial', { body: section('{{~> other}}') }, 'body', 'template.partial', 'partials'],
  ['an inline partial', { body: section('{{#*inline "x"}}a{{/inline}}') }, 'body', 'template.partial', 'partials'],
  ['private data', { subject: '{{@danbi.links}}' }, 'subject', 'template.unknown-variable', '@danbi'],
  ['too few arguments', { subject: '{{default person.name}}' }, 'subject', 'template.arguments', '"default" takes 2 to 5 arguments, here 1'],
  ['an unknown option', { subject: '{{date person.at zoom="x"}}' }, 'subject', 'template.arguments', 'no option "zoom"'],
  ['an unknown layout', { layout: 'nowhere' }, 'layout', 'message.unknown-layout', 'nowhere'],
  ['javascript', { body: section('\n<a href="javascript:alert(1)">x</a>') }, 'body', 'message.bad-link', 'line 2, column 4'],
  ['javascript by entity', { body: section('<a href="java&#115;cript:alert(1)">x</a>') }, 'body', 'message.bad-link', 'href'],
  ['a relative link', { body: section('<a href="/x">x</a>') }, 'body', 'message.bad-link', 'href'],
  ['an unquoted attribute', { body: section('<a href={{person.url}}>x</a>') }, 'body', 'message.unquoted', 'quotation marks'],
  ['a value as attribute name', { body: section('<a {{person.x}}="y">x</a>') }, 'body', 'message.value-in-tag', 'in a tag'],
  ['a value in style', { body: section('<b style="color:{{person.x}}">x</b>') }, 'body', 'message.value-in-attribute', 'style'],
  ['an event attribute', { body: section('<b onclick="x()">x</b>') }, 'body', 'message.refused-attribute', 'onclick'],
  ['a script', { body: section('<script>x</script>') }, 'body', 'message.refused-element', '<script>'],
  ['an include of a file', { body: '<mj-include path="/etc/passwd" />' }, 'body', 'message.refused-element', '<mj-include>'],
  ['an include inside text', { body: section('<mj-include path="../../package.json" type="html" />') }, 'body', 'message.refused-element', '<mj-include>'],
  ['text that MJML would drop', { body: '<mj-section>\n  hello\n</mj-section>' }, 'body', 'message.outside-text', 'line 2, column 3'],
  ['no MJML at all', { body: 'hello' }, 'body', 'message.outside-text', 'mj-text'],
  ['an unknown element', { body: '<mj-section><mj-column><mj-box></mj-box></mj-column></mj-section>' }, 'body', 'message.mjml', 'mj-box'],
  ['an image inside the message', { body: section('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="" />') }, 'body', 'message.bad-link', 'must begin with http:// or https://'],
  ['an image without a host', { body: '<mj-section><mj-column><mj-image src="/a.png" /></mj-column></mj-section>' }, 'body', 'message.bad-link', 'must begin with http:// or https://'],
  ['an element that is not closed', { body: '<mj-section><mj-column>' }, 'body', 'message.unclosed', 'mj-column'],
  ['braces after a mustache in the wrong place', { body: `${section('{{person.a}}')}\n{{person.b}}` }, 'body', 'message.outside-text', 'line 2, column 1'],
])('refuses %s and says where', async (_, content, path, code, text) => {
  const error = await refusal(content);
  expect([error.code, error.problems[0]!.path, error.problems[0]!.code]).toEqual(['message.invalid', path, code]);
  expect(error.problems[0]!.message).toContain(text);
});

test.each<[string, Partial<EmailContent>, string]>([
  ['1 MB', { body: 'x'.repeat(1_048_576) }, 'template.too-large'],
  ['3,000 nested conditions', { body: section('{{#if person.a}}'.repeat(3_000) + '{{/if}}'.repeat(3_000)) }, 'template.too-deep'],
  ['64 KB of dense expressions', { body: section('{{person.a}}'.repeat(5_000)) }, 'template.too-many'],
  ['parentheses', { subject: `{{default ${'('.repeat(300)}` }, 'template.too-deep'],
  ['a mustache without end', { body: `{{${'x'.repeat(250_000)}` }, 'template.unclosed'],
  ['HTML nested 20,000 deep', { body: section('<div>'.repeat(20_000) + '</div>'.repeat(20_000)) }, 'message.too-deep'],
  ['13,000 HTML elements', { body: section('<b>x</b>'.repeat(13_000)) }, 'message.too-many'],
  ['too many MJML elements', { body: '<mj-section><mj-column></mj-column></mj-section>'.repeat(2_000) }, 'message.too-many'],
])('refuses %s before it costs anything', async (_, content, code) => {
  const started = performance.now();
  // Past the edge's own limits on purpose: the compiler must hold without them.
  const error = await compileMessage('email', { subject: 'S', preheader: '', layout: 'plain', body: section('B'), ...content }).catch((caught: AppError) => caught);
  expect((error as AppError).problems[0]!.code).toBe(code);
  expect(performance.now() - started).toBeLessThan(1_000);
});

test('loops stop at their caps instead of eating memory', async () => {
  const list = Array.from({ length: 400 }, (_, index) => index);
  const squared = { body: section('{{#each person.list}}{{#each @root.person.list}}xxxxxxxxxx{{/each}}{{/each}}') };
  await expect(render(squared, { list })).rejects.toMatchObject({ code: 'RENDER_ERROR', detail: expect.stringContaining('turns') });
  await expect(render(squared, { list: Array.from({ length: 1_000 }, () => 1) })).rejects.toMatchObject({ code: 'RENDER_ERROR', detail: expect.stringContaining('500 items') });
});

test.each<[string, Partial<EmailContent>, Record<string, unknown>, string]>([
  ['a missing value', { subject: 'Hi {{person.name}}!' }, {}, 'subject: person.name has no value'],
  ['null', { subject: 'Hi {{person.name}}!' }, { name: null }, 'subject: person.name has no value'],
  ['blanks', { subject: 'Hi {{person.name}}!' }, { name: '  ' }, 'subject: person.name has no value'],
  ['a missing parent', { body: section('{{person.address.city}}') }, {}, 'body: person.address.city has no value'],
  ['a missing argument', { body: section('{{upper person.name}}') }, {}, 'body: person.name has no value'],
  ['a missing last resort', { body: section('{{default person.a person.b}}') }, {}, 'body: person.b has no value'],
  ['a missing event', { subject: '{{event.plan}}' }, {}, 'subject: event.plan has no value'],
  ['a missing item field', { body: section('{{#each person.list as |item|}}{{item.name}}{{/each}}') }, { list: [{}] }, 'body: item.name has no value'],
  ['a missing link', { body: section('<a href="{{person.url}}">x</a>') }, {}, 'body: person.url has no value'],
])('%s stops the message and is named', async (_, content, person, detail) => {
  await expect(render(content, person)).rejects.toMatchObject({ code: 'RENDER_MISSING_VAR', detail });
});

test.each<[string, string, Record<string, unknown>, string]>([
  ['default', 'Hi {{default person.name "friend"}}', {}, 'Hi friend'],
  ['default of a missing parent', '{{default person.a.b "x"}}', {}, 'x'],
  ['zero and false are values', '{{person.zero}} {{person.no}}', { zero: 0, no: false }, '0 false'],
  ['a condition on nothing', '{{#if person.vip}}a{{else}}b{{/if}}', {}, 'b'],
  ['else if', '{{#if (gt person.n 5)}}a{{else if (eq person.n 3)}}b{{else}}c{{/if}}', { n: 3 }, 'b'],
  ['comparison with nothing', '{{#if (gt person.n 5)}}a{{else}}b{{/if}}', {}, 'b'],
  ['a number written as text', '{{#if (gte person.n 10)}}a{{else}}b{{/if}}', { n: '10' }, 'a'],
  ['an empty list', '{{#each person.list}}x{{else}}none{{/each}}', { list: [] }, 'none'],
  ['a loop', '{{#each person.list as |item index|}}{{index}}{{item}}{{#unless @last}},{{/unless}}{{/each}}', { list: ['a', 'b'] }, '0a,1b'],
  ['upper and lower', '{{upper person.a}}{{lower person.a}}', { a: 'aB' }, 'ABab'],
  ['plural', '{{person.n}} {{plural person.n "item" "items"}}', { n: 1 }, '1 item'],
  ['join', '{{join person.list " / "}}', { list: ['a', 'b'] }, 'a / b'],
  ['josa after a consonant', '{{josa person.a "은/는"}} {{josa person.a "으로/로"}}', { a: '하늘' }, '하늘은 하늘로'],
  ['josa after a vowel', '{{josa person.a "이/가"}}', { a: '서지우' }, '서지우가'],
  ['date in the zone of the person', '{{date person.at "datetime"}}', { at: '2026-03-29T20:30:00Z', timeZone: 'Asia/Seoul', language: 'ko' }, '2026년 3월 30일 오전 5:30'],
  ['a plain date stays that day', '{{date person.at}}', { at: '2026-03-29', timeZone: 'America/Los_Angeles' }, 'March 29, 2026'],
  ['money', '{{money person.n "KRW"}}', { n: 29000, language: 'ko' }, '₩29,000'],
  ['numbers', '{{number person.n digits=1}}', { n: 1234.56, language: 'de' }, '1.234,6'],
  ['no HTML escapes in a subject', "{{person.a}}", { a: "O'Brien & <co>" }, "O'Brien & <co>"],
  ['Korean and emoji', '(광고) 안녕하세요 {{person.a}} 🎉', { a: '김하늘' }, '(광고) 안녕하세요 김하늘 🎉'],
  ['no header injection', 'Hi {{person.a}}', { a: 'x\r\nBcc: e@y.example' }, 'Hi x Bcc: e@y.example'],
])('%s', async (_, subject, person, expected) => {
  expect((await render({ subject }, person)).subject).toBe(expected);
});

test('values are escaped in HTML and plain in the text part', async () => {
  const made = await render({ body: section('<h1>Hello {{person.name}}</h1><img src="https://x.example/a.png" alt="{{person.name}}" />') }, { name: '<b>"O\'Brien"</b>' });
  expect(made.html).toContain('&lt;b&gt;&quot;O&#x27;Brien&quot;&lt;/b&gt;');
  expect(made.html).not.toContain('<b>"');
  expect(made.text).toContain('Hello <b>"O\'Brien"</b>');
});

test('functions and prototypes of the context are out of reach', async () => {
  let called = false;
  const person = { evil: () => { called = true; return 'x'; } };
  await expect(render({ subject: '{{person.evil}}' }, person)).rejects.toMatchObject({ code: 'RENDER_MISSING_VAR' });
  await expect(render({ subject: '{{person.toString}}' }, person)).rejects.toMatchObject({ code: 'RENDER_MISSING_VAR' });
  expect(called).toBe(false);
});

test.each<[string, string, Record<string, unknown>, string]>([
  ['an author\'s &amp; is one character', '<a href="https://x.example/?a=1&amp;b=2#f">x</a>', {}, 'https://x.example/?a=1&b=2#f'],
  ['named entities', '<a href="https://x.example/?a=&eacute;&copy;">x</a>', {}, 'https://x.example/?a=%C3%A9%C2%A9'],
  ['Korean in a fixed link', '<a href="https://x.example/?q=한글">x</a>', {}, 'https://x.example/?q=%ED%95%9C%EA%B8%80'],
  ['a whole address from a value', '<a href="{{person.url}}">x</a>', { url: "https://x.example/?a=1&b='2'=`" }, "https://x.example/?a=1&b='2'=%60"],
  ['a part from a value', '<a href="https://x.example/?n={{urlencode person.n}}&amp;z=1">x</a>', { n: '김 & co/?' }, 'https://x.example/?n=%EA%B9%80%20%26%20co%2F%3F&z=1'],
  ['double quotes inside the expression', '<a href="{{default person.url "https://x.example/d"}}">x</a>', {}, 'https://x.example/d'],
])('the link that is signed: %s', async (_, html, person, expected) => {
  targets.length = 0;
  const made = await render({ body: section(html) }, person);
  expect(targets).toEqual([expected]);
  expect([made.html.includes('href="https://go.example/c/0"'), made.text.includes('[https://go.example/c/0]')]).toEqual([true, true]);
});

test.each([['javascript:alert(1)'], ['data:text/html,x'], [' \tjava\nscript:alert(1)'], ['//evil.example'], ['https://x.example/\r\nSet-Cookie: a'], ['vbscript:x']])('a value that leads elsewhere stops the message: %j', async (url) => {
  await expect(render({ body: section('<a href="{{person.url}}">x</a>') }, { url })).rejects.toMatchObject({ code: 'RENDER_ERROR' });
  const inApp = (await compileMessage('in_app', InAppContent.parse({ body: 'B', buttons: [{ label: 'L', url: '{{person.url}}' }] }))) as CompiledInApp;
  expect(() => renderInApp(inApp, context({ url }), signer)).toThrow('RENDER_ERROR');
});

test('mail and telephone links stay as they are', async () => {
  const made = await render({ body: section('<a href="mailto:a@x.example?subject=b">m</a><a href="tel:+8221234567">t</a><a href="#top">h</a>') });
  expect(made.html).toMatch(/href="mailto:a@x.example\?subject=b"[\s\S]*href="tel:\+8221234567"[\s\S]*href="#top"/);
});

test('blocks may stand between sections, columns and elements', async () => {
  const body = `{{#each person.list as |item|}}<mj-section>{{#if item.show}}<mj-column>{{#unless item.hidden}}<mj-text>[{{item.name}}]</mj-text>{{/unless}}</mj-column>{{/if}}</mj-section>{{/each}}`;
  const made = await render({ body, layout: 'announcement' }, { list: [{ name: 'one', show: true }, { name: 'two', show: false }, { name: 'three', show: true }, { name: 'four', show: true, hidden: true }] });
  expect(made.text.match(/\[(?!http)\w+\]/g)).toEqual(['[one]', '[three]']);
  expect(made.html).toContain('[three]');
});

const LAYOUTS = readdirSync(new URL('../../templates/layouts/', import.meta.url)).map((file) => file.replace('.mjml', ''));

test.each(LAYOUTS)('the layout %s carries preheader, footer, unsubscription and pixel, in both languages', async (layout) => {
  const korean = await render({ layout, preheader: 'Pre {{person.name}} <x>' }, { name: 'A', language: 'ko' }, { workspace: { name: 'Danbi', timeZone: 'UTC', language: 'en', senderContact: '서울시 1-2' } });
  expect(korean.html).toContain('Pre A &lt;x&gt;&#847;&zwnj;&nbsp;');
  expect(korean.html).toMatch(/href="https:\/\/go\.example\/u\/1"[^>]*>수신 거부</);
  expect(korean.html).toContain('src="https://go.example/o/1.gif"');
  expect(korean.text).toContain('서울시 1-2');
  expect(korean.text).toContain('수신 거부 [https://go.example/u/1]');
  expect(korean.text).not.toMatch(/Pre A|847|\n{3}/);
  const english = await render({ layout, text: 'My own text, {{person.name}}' }, { name: 'A' });
  expect(english.text).toMatch(/^My own text, A\n\nSent by Danbi\.[\s\S]*Unsubscribe \[https:\/\/go\.example\/u\/1\]/);
  const receipt = await render({ layout }, {}, { transactional: true });
  expect([receipt.html.includes('go.example/u/1'), receipt.text.includes('go.example/u/1')]).toEqual([false, false]);
});

test('a layout that lets nobody out is no layout', async () => {
  const source = (await loadLayout('plain'))!;
  expect(offersUnsubscription(source)).toBe(true);
  for (const broken of [source.replaceAll('message.unsubscribeUrl', 'message.preferencesUrl'), source.replaceAll('danbi-footer', 'foot'), source.replace(/<mj-text css-class="danbi-footer"[\s\S]*?<\/mj-text>/, '<!-- $& -->')]) expect(offersUnsubscription(broken)).toBe(false);
});

test('a compiled message survives its storage as JSON', async () => {
  const compiled = await email({ subject: '안녕 {{person.name}}', body: section('{{person.name}} <a href="https://x.example">x</a>') });
  expect(renderEmail(JSON.parse(JSON.stringify(compiled)) as CompiledEmail, context({ name: '하늘' }), signer)).toEqual(renderEmail(compiled, context({ name: '하늘' }), signer));
});

test('a long message is published with a warning', async () => {
  const compiled = await email({ preheader: 'p', body: section('<p>word word word word word</p>'.repeat(4_500)) });
  expect(compiled.warnings.map((warning) => warning.code)).toEqual(['message.clipped']);
});

test('a picture without https is published with a warning', async () => {
  const compiled = await email({ preheader: 'p', body: section('<img src="http://x.example/a.png" alt="" /><img src="https://x.example/b.png" alt="" />') });
  expect(compiled.warnings.map(({ path, code }) => [path, code])).toEqual([['body', 'message.insecure-image']]);
});
