import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
beforeAll(async () => { app = await startTestApp(); });
afterAll(() => app.close());

const section = (inner: string) => `<mj-section><mj-column><mj-text>${inner}</mj-text></mj-column></mj-section>`;
const list = Array.from({ length: 499 }, () => 1);
const each = (inner: string) => `{{#each @root.person.list}}${inner}{{/each}}`;
const body = (template: string, person: object = {}) => ({ content: { subject: 'S', preheader: 'p', body: section(template) }, sample: { person } });

/** R1: what each is answered with, and the code of its first problem. */
test.each<[string, object, number, string | undefined]>([
  ['5 MB', body('x'.repeat(5_242_880)), 413, undefined],
  ['1 MB', body('x'.repeat(1_048_576)), 400, undefined],
  ['1 MB of mustaches', body('{{person.a}}'.repeat(87_000)), 400, undefined],
  ['256 KB of mustaches', body('{{person.a}}'.repeat(21_000)), 200, 'template.too-many'],
  ['3,000 nested conditions', body('{{#if person.a}}'.repeat(3_000) + '{{/if}}'.repeat(3_000)), 200, 'template.too-deep'],
  ['a loop in a loop', body(each(each('x')), { list }), 200, 'RENDER_ERROR'],
  ['loops seven deep', body(each(each(each(each(each(each(each('x'))))))), { list }), 200, 'RENDER_ERROR'],
  ['helpers that make much of little', body(each('{{join @root.person.list "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}}'), { list }), 200, 'RENDER_ERROR'],
  ['a snippet named thousands of times', body('{{> nothing}}'.repeat(10_000)), 200, 'template.unknown-snippet'],
])('%s is refused while others are answered', async (_, question, status, code) => {
  const [answer, other] = await Promise.all([app.api('POST', '/v1/messages/preview', { channel: 'email', ...question }), app.api('GET', '/v1/topics')]);
  expect([answer.status, answer.body.problems?.[0]?.code, other.status]).toEqual([status, status === 400 ? expect.anything() : code, 200]);
});
