import { describe, expect, test } from '@jest/globals';
import { InAppContent } from '../../src/contract/message.js';
import { AppError } from '../../src/kernel/errors.js';
import { compileMessage } from '../../src/delivery/content/compile.js';
import type { CompiledInApp, LinkSigner, RenderContext } from '../../src/delivery/content/compiled.js';
import { diagnose } from '../../src/delivery/content/diagnosis.js';
import { layOut } from '../../src/delivery/content/display-layout.js';
import { displayMessage } from '../../src/delivery/content/display-message.js';
import { isRightToLeft, wordsFor } from '../../src/delivery/content/display-words.js';
import { allowsAttribute, COMMON_ATTRIBUTES, LAYOUT_ATTRIBUTES, LAYOUT_ELEMENTS, NODE_ATTRIBUTES } from '../../src/delivery/content/domain/nodes.js';
import { ATTRIBUTES, ELEMENTS } from '../../sdk/src/ui/allowed.js';
import { contrast, readableOn } from '../../src/delivery/content/domain/contrast.js';
import { renderInApp } from '../../src/delivery/content/render.js';

const signer: LinkSigner = { forMessage: () => ({ click: (_index, url) => url, open: () => '', unsubscribe: () => '', preferences: () => 'https://go.example/p/1', view: () => '', honeypot: () => '' }) };
const context = (person: Record<string, unknown> = {}, more: Partial<RenderContext> = {}): RenderContext => ({
  person: { timeZone: null, language: 'en', ...person }, event: null, workspace: { name: 'W', timeZone: 'UTC', language: 'en', senderContact: 'Seoul 1' }, deliveryId: 'd', personId: 'p', ...more,
});
const compiled = async (content: unknown) => (await compileMessage('in_app', InAppContent.parse(content))) as CompiledInApp;
const html = async (body: string, person: Record<string, unknown> = {}) => renderInApp(await compiled({ body, markup: 'html' }), context(person), signer);
const refusals = async (content: Record<string, unknown>): Promise<string[]> => {
  try {
    await compileMessage('in_app', InAppContent.parse(content));
  } catch (error) {
    if (error instanceof AppError) return error.problems.map(({ path, code, message }) => `${path} ${code} ${message}`);
    throw error;
  }
  return [];
};

test.each<[string, string, Record<string, unknown>, unknown]>([
  ['blocks', '<h2>A</h2>\n<p>b</p>\n<hr>\n<p>c<br/>d</p>', {}, [['h2', 0, 'A'], ['p', 0, 'b'], ['hr', 0], ['p', 0, 'c', ['br', 0], 'd']]],
  ['white space is one space, and none between blocks', '  <ul>\n  <li>a\n   b</li>\n  </ul>  ', {}, [['ul', 0, ['li', 0, 'a b']]]],
  ['white space between words and elements stays', '<p><b>a</b> <i>b</i></p>', {}, [['p', 0, ['b', 0, 'a'], ' ', ['i', 0, 'b']]]],
  ['preformatted text keeps its own', '<pre>a\n  b</pre>', {}, [['pre', 0, 'a\n  b']]],
  ['entities are characters', '<p>&lt;b&gt; &amp;amp; &eacute;&nbsp;&#x1F327;</p>', {}, [['p', 0, '<b> &amp; é\u00a0🌧']]],
  ['names in capitals', '<P>a<BR></P>', {}, [['p', 0, 'a', ['br', 0]]]],
  ['text without a block', 'a <em>b</em>', {}, ['a ', ['em', 0, 'b']]],
  ['a value is text, whatever it looks like', '<p>Hi {{person.name}}</p>', { name: '<img src=x onerror=alert(1)>{{person.id}}&lt;' }, [['p', 0, 'Hi <img src=x onerror=alert(1)>{{person.id}}&lt;']]],
  ['an address from a value', '<a href="{{person.url}}">x</a>', { url: 'https://x.example/?a=1&b="2"' }, [['a', { href: 'https://x.example/?a=1&b=%222%22' }, 'x']]],
  ['a part of an address from a value', '<a href="https://x.example/{{urlencode person.n}}?a=1&amp;b=2">x</a>', { n: '김/&' }, [['a', { href: 'https://x.example/%EA%B9%80%2F%26?a=1&b=2' }, 'x']]],
  ['quotation marks inside an expression', '<p>{{default person.n "<you>"}}</p><a href="{{default person.u "https://x.example/"}}">y</a>', {}, [['p', 0, '<you>'], ['a', { href: 'https://x.example/' }, 'y']]],
  ['a block inside one text', '<p>{{#if person.n}}yes{{else}}no{{/if}}, {{#each person.l}}{{this}};{{/each}}</p>', { n: 1, l: ['<a>', 'b'] }, [['p', 0, 'yes, <a>;b;']]],
  ['pictures and lists', '<ol start="3"><li>a</li></ol><img src="https://x.example/a.png" alt="{{person.n}}" width="20">', { n: 'a"\nb' }, [['ol', { start: '3' }, ['li', 0, 'a']], ['img', { src: 'https://x.example/a.png', alt: 'a" b', width: '20' }]]],
  ['language and direction', '<p lang="ar" dir="rtl">a</p>', {}, [['p', { lang: 'ar', dir: 'rtl' }, 'a']]],
  ['mail and telephone', '<a href="mailto:a@x.example">m</a><a href="tel:+8221">t</a>', {}, [['a', { href: 'mailto:a@x.example' }, 'm'], ['a', { href: 'tel:+8221' }, 't']]],
])('HTML becomes nodes: %s', async (_, body, person, nodes) => {
  expect((await html(body, person)).nodes).toEqual(nodes);
});

test.each<[string, string, RegExp]>([
  ['script', '<p>a</p>\n<script>alert(1)</script>', /^body message\.refused-element line 2, column 2: <script> is not allowed/],
  ['style', '<style>p{}</style>', /refused-element line 1, column 2: <style>/],
  ['svg', '<svg onload=alert(1)>', /<svg> is not allowed/],
  ['a custom element', '<x-y>a</x-y>', /<x-y> is not allowed/],
  ['a name of a prototype', '<constructor>a</constructor>', /<constructor> is not allowed/],
  ['a handler', '<p>a</p><p onclick="alert(1)">b</p>', /refused-attribute line 1, column 12: the attribute "onclick" of <p>/],
  ['style attribute', '<p style="color:red">b</p>', /the attribute "style"/],
  ['an attribute of another element', '<p href="https://x.example">b</p>', /the attribute "href" of <p>/],
  ['the same attribute twice', '<a href="https://x.example" HREF="https://y.example">b</a>', /is there twice/],
  ['javascript', '<a href="javascript:alert(1)">b</a>', /bad-link .*"href" of <a> must begin with http/],
  ['javascript spelled with entities', '<a href="java&#x73;cript&colon;alert(1)">b</a>', /bad-link/],
  ['javascript with white space', '<a href=" java\tscript:alert(1)">b</a>', /bad-link/],
  ['javascript before a value', '<a href="javascript:{{person.x}}">b</a>', /bad-link/],
  ['half a scheme before a value', '<a href="java{{person.x}}">b</a>', /bad-link/],
  ['a relative address', '<a href="/x">b</a>', /bad-link/],
  ['a picture of data', '<img src="data:image/svg+xml,x" alt="">', /bad-link/],
  ['a picture by mail', '<img src="mailto:{{person.x}}" alt="">', /bad-link/],
  ['a picture that says nothing about itself', '<img src="https://x.example/a.png">', /<img> must say what is to be seen/],
  ['a link without target', '<a>b</a>', /<a> must lead somewhere/],
  ['a comment', '<p>a</p><!-- b -->', /a comment is not allowed/],
  ['a declaration', '<!doctype html><p>a</p>', /a declaration is not allowed/],
  ['an expression as a name', '<b{{person.x}}>a</b>', /value-in-tag line 1, column 2/],
  ['an expression among attributes', '<p {{person.x}}>a</p>', /value-in-tag line 1, column 4/],
  ['an expression in a plain attribute', '<p lang="{{person.x}}">a</p>', /value-in-attribute/],
  ['what is never closed', '<p>a <b>c</p>', /<\/p> closes <b>/],
  ['what is never closed at all', '<p>a <b>c', /line 1, column 7: <b> is never closed/],
  ['what was never opened', 'a</b>', /<\/b> closes nothing/],
  ['half a tag', '<p>a</p><img src="https://x.example', /never finished/],
  ['a block in a line', '<b><p>a</p></b>', /misplaced-element .*<p> can not stand in <b>/],
  ['text in a list', '<ul>a</ul>', /put it in <li>/],
  ['a link in a link', '<a href="https://x.example"><a href="https://y.example">b</a></a>', /a link can not stand in a link/],
  ['a block around elements', '{{#if person.x}}<p>a</p>{{/if}}', /across-elements line 1, column 1/],
  ['braces spelled as entities', '<p>&#123;&#123;person.constructor}}</p>', /hidden-expression/],
  ['a brace beside an expression', '<p>&lbrace;{{person.x}}</p>', /hidden-expression/],
  ['unescaped output', '<p>{{{person.x}}}</p>', /template\.unescaped/],
  ['a prototype', '<p>{{person.__proto__.x}}</p>', /template\.forbidden-name/],
  ['too deep', `${'<blockquote>'.repeat(13)}a${'</blockquote>'.repeat(13)}`, /too-deep/],
  ['too many', '<br>'.repeat(501), /too-many/],
])('HTML is refused: %s', async (_, body, problem) => {
  const found = await refusals({ body, markup: 'html' });
  expect(found.some((one) => problem.test(one)) ? [] : found).toEqual([]);
  expect(found.length).toBeGreaterThan(0);
});

test('everything that is wrong is told, with its place, in each language', async () => {
  expect((await refusals({ body: '<p>a</p>', markup: 'html', language: 'en', translations: { ko: { body: '<p>a</p>\n<form><input></form>' } } })).map((one) => one.split(':', 1)[0])).toEqual(['translations.ko.body message.refused-element line 2, column 2', 'translations.ko.body message.refused-element line 2, column 8']);
});

test.each(['javascript:alert(1)', ' \tjava\nscript:alert(1)', 'JAVASCRIPT://x%0aalert(1)', 'data:text/html,x', 'vbscript:x', '//evil.example', 'blob:https://x.example/1', 'filesystem:x', 'https:/\u0000/x'])('a value that leads elsewhere stops the message: %j', async (url) => {
  await expect(html('<a href="{{person.url}}">x</a>', { url })).rejects.toMatchObject({ code: 'RENDER_ERROR' });
  await expect(html('<img src="{{person.url}}" alt="">', { url })).rejects.toMatchObject({ code: 'RENDER_ERROR' });
  const image = await compiled({ body: 'B', image: { url: '{{person.url}}', alt: '' } });
  expect(() => renderInApp(image, context({ url }), signer)).toThrow('RENDER_ERROR');
  const many = await compiled({ body: '<p>{{person.gone}}</p><a href="{{person.url}}">x</a><a href="{{person.none}}">y</a>', markup: 'html' });
  expect(diagnose(many, context({ url }), signer).problems.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual(['missing_value person.gone', 'broken_link link 1', 'missing_value person.none']);
});

test.each<[string, Record<string, unknown>, RegExp | null]>([
  ['dark words on light ground', { background: '#FFFFFF', text: '#333333' }, null],
  ['grey on white', { background: '#FFFFFF', text: '#888888' }, /^theme\.text message\.contrast #888888 on #FFFFFF has a contrast of 3\.5:1/],
  ['a dark ground under our dark words', { background: '#223344' }, /^theme\.background message\.contrast/],
  ['any accent', { accent: '#FAC11B' }, null],
])('colours: %s', async (_, theme, problem) => {
  const found = await refusals({ body: 'b', theme });
  expect(problem === null ? found : found.filter((one) => !problem.test(one))).toEqual([]);
  expect(found.length).toBe(problem === null ? 0 : 1);
});

test('contrast is that of WCAG', () => {
  expect([contrast('#000000', '#ffffff'), contrast('#777777', '#ffffff'), contrast('#ffffff', '#ffffff')].map((one) => one.toFixed(2))).toEqual(['21.00', '4.48', '1.00']);
});

const NPS = { kind: 'nps', question: 'How likely, {{person.name}}?', ends: ['Not', 'Very'], saveAs: 'nps', tags: [{ tag: 'promoter', scores: { from: 9, to: 10 } }] };
const CHOICE = { kind: 'choice', question: 'Which?', choices: [{ key: 'a', label: 'A' }, { key: 'b', label: 'B' }] };
test.each<[string, Record<string, unknown>, string[]]>([
  ['nothing to read', { body: ' ' }, ['body']],
  ['nothing to read in Korean', { body: 'a', language: 'en', translations: { ko: {} } }, ['translations.ko.body']],
  ['a survey that asks nothing', { format: 'survey' }, ['survey', 'body']],
  ['a question in a banner', { format: 'banner', body: 'a', survey: NPS }, ['survey']],
  ['a reply to a banner', { format: 'banner', body: 'a', reply: true }, ['reply']],
  ['a modal in the corner', { format: 'modal', body: 'a', slot: 'corner' }, ['slot']],
  ['a survey not translated', { format: 'survey', survey: NPS, language: 'en', translations: { ko: {} } }, ['translations.ko.survey']],
  ['choices of a score', { format: 'survey', survey: { ...NPS, choices: CHOICE.choices } }, ['survey.choices']],
  ['no choices', { format: 'survey', survey: { kind: 'choice', question: 'q' } }, ['survey.choices']],
  ['a choice twice', { format: 'survey', survey: { ...CHOICE, choices: [CHOICE.choices[0], CHOICE.choices[0]] } }, ['survey.choices']],
  ['other keys in Korean', { format: 'survey', survey: CHOICE, language: 'en', translations: { ko: { survey: { question: 'q', choices: [{ key: 'b', label: '나' }, { key: 'a', label: '가' }] } } } }, ['translations.ko.survey.choices']],
  ['a tag for an unknown choice', { format: 'survey', survey: { ...CHOICE, tags: [{ tag: 't', choice: 'c' }] } }, ['survey.tags.0.choice']],
  ['a tag for nothing', { format: 'survey', survey: { ...CHOICE, tags: [{ tag: 't' }] } }, ['survey.tags.0']],
  ['several scores', { format: 'survey', survey: { ...NPS, many: true } }, ['survey.many']],
])('a definition is refused: %s', (_, content, paths) => {
  expect(InAppContent.safeParse(content).error?.issues.map(({ path }) => path.join('.'))).toEqual(paths);
});

test('a survey says everything in the language of its reader; what it means stays with the message and off the wire', async () => {
  const made = await compiled({ format: 'survey', survey: NPS, language: 'en', translations: { ko: { survey: { question: '{{person.name}}님, 어떠세요?', ends: ['아니요', '네'] } } } });
  expect([made.asks, made.format]).toEqual([{ kind: 'nps', many: false, saveAs: 'nps', tags: NPS.tags }, 2]);
  const korean = renderInApp(JSON.parse(JSON.stringify(made)) as CompiledInApp, context({ name: '하늘', language: 'ko' }), signer);
  expect(korean.survey).toEqual({ kind: 'nps', many: false, saveAs: 'nps', tags: NPS.tags, question: '하늘님, 어떠세요?', ends: ['아니요', '네'], submit: '보내기', thanks: '소중한 의견 감사합니다.' });
  expect(displayMessage(korean, { campaignId: 'c', slot: 'bottom' })).toEqual({ i: 'c', f: 'survey', l: 'ko', n: [], slot: 'bottom', w: ['닫기', '하늘님, 어떠세요?', '새 메시지: 하늘님, 어떠세요?. Alt+Shift+M으로 이동', '답을 먼저 남겨 주세요.', '답장 쓰기', '보내기', '보냈습니다'], survey: { k: 'nps', question: '하늘님, 어떠세요?', ends: ['아니요', '네'], choices: [['0', '0', '0, 아니요'], ...Array.from({ length: 9 }, (_, index) => [String(index + 1), String(index + 1)]), ['10', '10', '10, 네']], submit: '보내기', thanks: '소중한 의견 감사합니다.' } });
  expect(() => renderInApp(made, context({}), signer)).toThrow('RENDER_MISSING_VAR: survey.question: person.name has no value');
});

test('what earlier versions stored is displayed as it was meant', () => {
  const old: CompiledInApp = { kind: 'in_app', format: 1, display: 'chat', title: '', body: 'Hi {{danbi_text person.name "person.name"}}\n\nTwo\nlines', buttons: [{ label: 'Go', url: 'https://x.example/' }], warnings: [] };
  const rendered = renderInApp(old, context({ name: '<b>' }), signer);
  expect(rendered).toEqual({ language: null, format: 'chat', title: '', body: 'Hi <b>\n\nTwo\nlines', buttons: [{ label: 'Go', url: 'https://x.example/' }] });
  expect(displayMessage(rendered, { deliveryId: 'd' })).toEqual({ d: 'd', f: 'chat', n: [['p', 0, 'Hi <b>'], ['p', 0, 'Two', ['br', 0], 'lines']], b: [['Go', 'https://x.example/']], slot: 'corner', w: ['Close', 'Message', `New message: ${rendered.body.trim()}. Alt+Shift+M goes there`, 'Please answer first.', 'Write a reply', 'Send', 'Sent'] });
});

const label = { label: ['in_app'], optOut: true, contact: true } as unknown as RenderContext['advertising'];
test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  ['a title', { title: 'T', body: '<p>b</p>', markup: 'html' }, { title: '(광고) T', n: ['p', 0, 'b'] }],
  ['no title', { body: '<p>b <b>c</b></p>', markup: 'html' }, { n: ['p', 0, '(광고) b ', ['b', 0, 'c']] }],
  ['an element first', { body: '<p><b>c</b></p>', markup: 'html' }, { n: ['p', 0, '(광고) ', ['b', 0, 'c']] }],
  ['a picture first', { body: '<img src="https://x.example/a.png" alt="">', markup: 'html' }, { n: ['p', 0, '(광고)'] }],
  ['plain text', { body: 'b' }, { n: ['p', 0, '(광고) b'] }],
  ['a question', { format: 'survey', survey: CHOICE }, { question: '(광고) Which?' }],
])('advertising begins with its label and ends with the way out: %s', async (_, content, expected) => {
  const made = displayMessage(renderInApp(await compiled(content), context({}, { advertising: label }), signer));
  expect({ ...(made.title ? { title: made.title } : {}), ...(made.survey ? { question: made.survey.question } : { n: made.n[0] }) }).toEqual(expected);
  expect(made.n.at(-1)).toEqual(['p', 0, ['small', 0, ['a', { href: 'https://go.example/p/1' }, 'Opt out, free of charge']]]);
});

test('HTML is plain text where there are no nodes', async () => {
  expect((await html('<h2>A</h2><p>b<br>c <a href="https://x.example/">d</a></p><ul><li>e</li><li>f</li></ul><a href="mailto:a@x.example">a@x.example</a>')).body).toBe('A\n\nb\nc d (https://x.example/)\n\n- e\n- f\n\na@x.example');
});

test('what the display itself says is in the language of the message, or of its words where it names none', () => {
  const said = (language: string | null, title: string) => wordsFor({ language, title, body: '' })[0];
  expect([said('ko-KR', ''), said('kok', ''), said('en', '안녕'), said(null, '안녕'), said(null, 'Hi')]).toEqual(['닫기', 'Close', 'Close', '닫기', 'Close']);
  expect(['ar', 'he-IL', 'en', 'arn', null].map(isRightToLeft)).toEqual([true, true, false, false, false]);
});

test('words on any accent can be read', () => {
  for (let grey = 0; grey < 256; grey += 1) {
    const accent = `#${grey.toString(16).padStart(2, '0').repeat(3)}`;
    expect(contrast(accent, readableOn(accent))).toBeGreaterThanOrEqual(4.5);
  }
  expect(['#FAC11B', '#2f56e6'].map(readableOn)).toEqual(['#000000', '#ffffff']);
});

describe('as it is laid out', () => {
  const w = ['Close', 'Name', 'New', 'Answer first', 'Write', 'Send', 'Sent'] as const;
  test('the card has a name, the button that closes it, and everything else to be scrolled', () => {
    expect(layOut({ i: 'c', d: 'd', f: 'slide_in', l: 'ar', r: 1, title: 'T', n: [['p', 0, 'a']], img: ['https://x.example/a.png', 'A'], b: [['Go', 'https://x.example/'], ['Astray', 'javascript:alert(1)'], ['Later']], theme: { accent: '#000000', dark: 1 }, w })).toEqual({
      i: 'c', d: 'd', t: { accent: '#000000', on: '#ffffff', background: '#ffffff', text: '#17191f' }, w: ['New'],
      n: ['section', { class: 'm slide_in corner dark', role: 'dialog', 'aria-label': 'Name', lang: 'ar', dir: 'rtl' }, ['button', { class: 'b x', 'aria-label': 'Close' }, '×'], ['div', { class: 's i' },
        ['img', { class: 'h', src: 'https://x.example/a.png', alt: 'A' }],
        ['div', { class: 'c' }, ['div', { class: 'r' }, ['div', { class: 'f' }, ['h2', { class: 't', dir: 'auto' }, 'T']], ['div', { class: 'n', dir: 'auto' }, ['p', 0, 'a']]],
          ['div', { class: 'g' }, ['a', { class: 'b p', href: 'https://x.example/' }, 'Go'], ['button', { class: 'b' }, 'Astray'], ['button', { class: 'b' }, 'Later']]]]],
    });
  });
  test('a modal is a dialog, a banner a region with its picture beside the words; a picture from nowhere is none', () => {
    const of = (message: object) => JSON.stringify(layOut({ f: 'modal', n: ['x'], w, img: ['https://x.example/a.png', ''], ...message }).n);
    expect([of({ slot: 'center' }).slice(0, 20), of({ slot: 'center' }).includes('"autofocus"'), of({ img: ['data:image/png,x', ''] }).includes('img')]).toEqual(['["dialog",{"class":"', true, false]);
    expect(of({ f: 'banner', slot: 'top' })).toMatch(/^\["section",{"class":"m banner top","role":"region".*{"class":"c"},\["img"/);
  });
  test('what has to be answered is the first thing of a form, and what follows the answer is said', () => {
    const survey = { question: 'Q', submit: 'Send', thanks: 'Thanks', comment: 'Why' };
    const names = (message: object) => [...JSON.stringify(layOut({ f: 'survey', n: [], w, ...message }).n).matchAll(/"type":"(\w+)"|"name":"(\w+)"/g)].map(([, type, name]) => type ?? name);
    expect(names({ survey: { ...survey, k: 'nps', choices: [['0', '0'], ['1', '1']] } })).toEqual(['radio', 'score', 'radio', 'score', 'text']);
    expect(names({ survey: { ...survey, k: 'choice', many: 1, choices: [['a', 'A']] } })).toEqual(['checkbox', 'choices', 'text']);
    expect(names({ survey: { ...survey, k: 'text' } })).toEqual(['text']);
    expect([layOut({ f: 'survey', n: [], w, survey: { ...survey, k: 'text' } }).w, layOut({ f: 'chat', n: [], w, reply: 1 }).w]).toEqual([['New', 'Answer first', 'Thanks'], ['New', '', 'Sent']]);
  });
});

test('the browser takes the elements and attributes the server does, and no other', () => {
  expect([...Object.keys(NODE_ATTRIBUTES), ...LAYOUT_ELEMENTS].filter((tag) => !ELEMENTS.test(tag))).toEqual([]);
  expect([...COMMON_ATTRIBUTES, ...LAYOUT_ATTRIBUTES, ...Object.values(NODE_ATTRIBUTES).flat()].filter((name) => !ATTRIBUTES.test(name))).toEqual([]);
  const others = ['script', 'style', 'iframe', 'svg', 'math', 'object', 'link', 'meta', 'template', 'h1', 'h4', 'q', 'body', 'P', 'a b', 'a\n', 'constructor', ''];
  expect(others.filter((tag) => ELEMENTS.test(tag))).toEqual([]);
  expect(['onclick', 'onerror', 'style', 'srcset', 'srcdoc', 'xlink:href', 'action', 'formaction', 'id', 'HREF', 'href\n', 'ping', 'target'].filter((name) => ATTRIBUTES.test(name) || allowsAttribute('a', name))).toEqual([]);
  // What only the display is made of, no author may write.
  expect(LAYOUT_ATTRIBUTES.filter((name) => allowsAttribute('a', name) || allowsAttribute('div', name))).toEqual([]);
});
