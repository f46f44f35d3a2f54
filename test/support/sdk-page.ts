import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import type { Frame, Page } from 'playwright-core';
import type { DisplayMessage } from '../../src/contract/visitor-wire.js';
import { layOut } from '../../src/delivery/content/display-layout.js';

/** The strictest policy a site may have: scripts by nonce, styles of its own alone, Trusted Types without any policy. */
export const STRICT = "default-src 'none'; script-src 'nonce-n1'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** A site with text, links and a form of its own; it displays what the test asks for and writes down what happens. */
const html = (language: string, direction: string) => `<!doctype html><html lang="${language}" dir="${direction}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Shop</title><link rel="stylesheet" href="/site.css"></head>
<body><main><h1>Plans and prices</h1><p>Everything a team needs, for <a href="/a">one price</a>.</p><button id="first">Start</button> <label>Search <input id="search"></label>${'<p>Work together without losing a word. Every conversation stays where it belongs.</p>'.repeat(8)}</main>
<script nonce="n1">
window.log = []; window.violations = []; window.canary = [];
document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective + ' ' + event.blockedURI));
for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => { canary.push(name); };
window.display = async (message) => {
  const { show } = await import('/ui.js');
  const note = (name) => (...given) => { log.push([name, ...given]); };
  window.shown = show(message, { shown: note('shown'), open: note('open'), click: note('click'), reply: note('reply'), dismiss: note('dismiss'), gone: note('gone') });
};
</script></body></html>`;
const SITE_CSS = `*{color:red;margin:9px;font-family:cursive}body{font:16px/1.6 sans-serif;margin:40px auto;max-width:640px;padding:0 16px}main *{color:#333;font-family:sans-serif}button,section,dialog,div{background:yellow;border:5px dashed blue}@media(prefers-color-scheme:dark){body{background:#101216}main *{color:#ccc}}`;
/** The picture of messages. */
const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="#dfe7ff"/><stop offset="1" stop-color="#8ea8ff"/></linearGradient></defs><rect width="16" height="9" fill="url(#g)"/><circle cx="5" cy="5" r="2" fill="#fff" opacity=".8"/><rect x="8" y="3.4" width="5" height=".8" rx=".4" fill="#fff"/><rect x="8" y="5" width="3.4" height=".8" rx=".4" fill="#fff" opacity=".8"/></svg>`;

export interface SdkPage { url: string; requests: string[]; close(): Promise<void> }

/** Serves the site and the display chunk made from its source as it is published. */
export async function serveSdkPage(): Promise<SdkPage> {
  const { outputFiles } = await build({ entryPoints: ['sdk/src/ui/index.ts'], bundle: true, write: false, minify: true, mangleProps: /[^_]_$/, target: 'es2020', format: 'esm', charset: 'utf8' });
  const script = outputFiles[0]!.text;
  const requests: string[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url!, 'http://x');
    requests.push(url.pathname);
    const send = (type: string, body: string, more: Record<string, string> = {}) => response.writeHead(200, { 'content-type': type, ...more }).end(body);
    if (url.pathname === '/ui.js') return send('text/javascript', script);
    if (url.pathname === '/favicon.ico') return send('image/svg+xml', PICTURE);
    if (url.pathname === '/site.css') return send('text/css', SITE_CSS);
    if (url.pathname === '/picture.svg') return send('image/svg+xml', PICTURE);
    if (url.pathname === '/') return send('text/html; charset=utf-8', html(url.searchParams.get('lang') ?? 'en', url.searchParams.get('dir') ?? 'ltr'), url.searchParams.get('policy') === 'none' ? {} : { 'content-security-policy': STRICT });
    return response.writeHead(404).end();
  });
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, close: () => new Promise((done) => { server.closeAllConnections(); server.close(() => done()); }) };
}

/** Lets a test look into roots that are closed to everybody else. Before the page loads. */
export const openRoots = (page: Page) => page.addInitScript(`{
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) { return attach.call(this, { ...init, mode: 'open' }); };
}`);

/** Displays a message as the server lays it out. */
export const beginDisplay = (page: Page, message: DisplayMessage) => page.evaluate(`display(${JSON.stringify(layOut(message))})`);

/** Displays a message and waits until it counts as seen, or was taken away. */
export async function displayOn(page: Page, message: DisplayMessage): Promise<void> {
  await beginDisplay(page, message);
  await until(page, `log.some(([name]) => name === 'shown' || name === 'gone')`);
  await page.evaluate(`Promise.all((document.querySelector('danbi-messages')?.shadowRoot?.getAnimations?.() ?? []).map((animation) => animation.finished)).then(() => 0)`);
}

/** Waits until it is true in the page. Playwright's own way evaluates texts, which the policy refuses now and then. */
export const until = (page: Page, condition: string) => page.evaluate(`new Promise((done, failed) => { const ends = Date.now() + 8000; const look = () => (${condition}) ? done(0) : Date.now() > ends ? failed(new Error('never: ' + ${JSON.stringify(condition)})) : setTimeout(look, 10); look(); })`);

/** What the display told the core so far. */
export const logOf = (page: Page) => page.evaluate('log') as Promise<unknown[][]>;
/** What the page's policy refused. */
export const violationsOf = (page: Page) => page.evaluate('violations') as Promise<string[]>;

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Serious and critical findings of axe-core inside our own element; `[]` is what everybody wants. */
export async function axeIn(page: Page | Frame, within = 'danbi-messages'): Promise<string[]> {
  await page.evaluate(axeSource);
  const found = await page.evaluate(`axe.run({ include: ['${within}'] }, { preload: false, resultTypes: ['violations'] }).then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 160) + ' ' + failureSummary.slice(0, 300))))`);
  return found as string[];
}
