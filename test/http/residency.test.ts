import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Setup } from '../../src/access/setup.service.js';
import { newId } from '../../src/kernel/ids.js';
import { SdkFiles } from '../../src/visitors/sdk/sdk-files.js';
import { startTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
let setup: string;
let mail: string;
beforeAll(async () => {
  app = await startTestApp();
  setup = `/setup?token=${(await app.nest.get(Setup, { strict: false }).issue())!}`;
  // The mail itself is its author's: what they name there they name.
  mail = newId();
  const raw = 'From: a@shop.example\r\nTo: b@example.com\r\nSubject: Hello\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n';
  await app.db.query(`insert into sandbox_mail (id, received_at, mail_from, rcpt_to, subject, raw) values ($1, now(), 'a@shop.example', 'b@example.com', 'Hello', $2)`, [mail, Buffer.from(raw)]);
});
afterAll(() => app.close());

const ADDRESS = /(?:\b(?:href|src|srcset|action|poster|data|from|import)\s*[=(]?\s*|\burl\(\s*|@import\s+)(["'`]?)((?:[a-z][a-z+.-]*:)?\/\/[^\s"'`)>]+)/gi;
/** Addresses of other hosts that a browser would load from, or be sent to, by this text. */
const foreign = (text: string, own: string) => [...text.matchAll(ADDRESS)].map((found) => found[2]!).filter((address) => new URL(address, own).host !== new URL(own).host);
/** Any address at all, wherever it stands; names of XML are no addresses. */
const anywhere = (text: string) => [...text.matchAll(/(?:https?|wss?):\/\/[^\s"'`)>]+/gi)].map(([address]) => address).filter((address) => !address.startsWith('http://www.w3.org/'));

async function served(path: string, key?: string): Promise<{ status: number; text: string; headers: Headers }> {
  const answer = await fetch(`${app.url}${path}`, { headers: { accept: 'text/html,*/*;q=0.8', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) }, redirect: 'manual' });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

describe('nothing that is served makes a browser ask another host', () => {
  test.each<[string, () => string, boolean]>([
    ['the SDK', () => '/sdk/danbi.js', false], ['its chunk', () => `/sdk/${app.nest.get(SdkFiles, { strict: false }).chunk()}`, false],
    ['the preview', () => '/preview/in-app', false], ['set-up', () => setup, false], ['login', () => '/login', false], ['an invitation', () => '/invite?token=x', false],
    ['the mailbox', () => '/mailbox', true], ['a mail', () => `/mailbox/${mail}`, true], ['the frame of a mail', () => `/mailbox/${mail}/html`, true],
  ])('%s', async (_, path, isClosed) => {
    const { status, text, headers } = await served(path(), isClosed ? app.key : undefined);
    expect([status < 500, text.length > 0]).toEqual([true, true]);
    expect(foreign(text, app.url)).toEqual([]);
    expect(anywhere(text).filter((address) => new URL(address).host !== new URL(app.url).host)).toEqual([]);
    expect(anywhere([...headers].map(([name, value]) => `${name}: ${value}`).join('\n')).filter((address) => new URL(address).host !== new URL(app.url).host)).toEqual([]);
  });

  test.each(['<link href="https://cdn.example/a.css">', '<script src=//cdn.example/a.js></script>', 'background:url(//cdn.example/a.png)', '@import "https://fonts.example/css"', "import('https://cdn.example/a.js')", 'import{a}from"https://cdn.example/a.js"'])('the check sees %s', (text) => {
    expect(foreign(text, 'http://127.0.0.1:1')).toHaveLength(1);
  });
});
