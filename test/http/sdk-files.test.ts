import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import type { Danbi } from '../../sdk/src/api.js';
import { ROOT } from '../../src/platform/version.js';
import { chooseCoding, isKnown } from '../../src/platform/http/coding.js';
import { startTestApp, type TestApp } from '../support/app.js';

interface Answer { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer }

/** Without the decoding `fetch` does. */
const get = (url: string, headers: Record<string, string> = {}, method = 'GET') => new Promise<Answer>((resolve, reject) => {
  request(url, { method, headers }, (answer) => {
    const parts: Buffer[] = [];
    answer.on('data', (part: Buffer) => parts.push(part)).on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(parts) }));
  }).on('error', reject).end();
});

describe('the files of the SDK', () => {
  let app: TestApp;
  beforeAll(async () => { app = await startTestApp(); });
  afterAll(() => app.close());

  test('the entry is the same in every coding, open to every page, and asked for again after five minutes', async () => {
    const plain = await get(`${app.url}/sdk/danbi.js`);
    const gzip = await get(`${app.url}/sdk/danbi.js`, { 'accept-encoding': 'gzip, deflate' });
    const brotli = await get(`${app.url}/sdk/danbi.js`, { 'accept-encoding': 'gzip, deflate, br, zstd' });
    expect([plain, gzip, brotli].map(({ status, headers }) => [status, headers['content-encoding']])).toEqual([[200, undefined], [200, 'gzip'], [200, 'br']]);
    expect([gunzipSync(gzip.body), brotliDecompressSync(brotli.body)]).toEqual([plain.body, plain.body]);
    expect(new Set([plain, gzip, brotli].map(({ headers }) => headers.etag)).size).toBe(3);
    expect(plain.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=300', vary: 'accept-encoding', 'content-length': String(plain.body.length), 'x-content-type-options': 'nosniff',
      'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin', 'timing-allow-origin': '*',
    });
  });

  test('who has it gets nothing, HEAD gets the headers, and other names are not there', async () => {
    const { headers } = await get(`${app.url}/sdk/danbi.js`, { 'accept-encoding': 'br' });
    const again = await get(`${app.url}/sdk/danbi.js`, { 'accept-encoding': 'br', 'if-none-match': `"x", W/${headers.etag as string}` });
    expect([again.status, again.body.length, again.headers.etag, again.headers['cross-origin-resource-policy']]).toEqual([304, 0, headers.etag, 'cross-origin']);
    expect((await get(`${app.url}/sdk/danbi.js`, { 'accept-encoding': 'br', 'if-none-match': '"x"' })).status).toBe(200);
    const head = await get(`${app.url}/sdk/danbi.js`, { 'accept-encoding': 'br' }, 'HEAD');
    expect([head.status, head.body.length, head.headers['content-length'], head.headers.etag]).toEqual([200, 0, headers['content-length'], headers.etag]);
    for (const name of ['danbi.js.gz', 'sizes.json', 'npm', '..%2f..%2fpackage.json', 'ui-.js']) expect((await get(`${app.url}/sdk/${name}`)).status).toBe(404);
  });

  test('the entry names its chunk, which never changes; a name of an earlier release is answered, and not kept', async () => {
    const entry = (await get(`${app.url}/sdk/danbi.js`)).body.toString();
    const [name] = /ui-[0-9a-f]{12}\.js/.exec(entry) ?? [];
    const chunk = await get(`${app.url}/sdk/${name}`);
    expect([chunk.status, chunk.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
    const earlier = await get(`${app.url}/sdk/ui-0123456789ab.js`);
    expect([earlier.status, earlier.headers['cache-control'], earlier.body]).toEqual([200, 'public, max-age=300', chunk.body]);
    expect((await get(`${app.url}/sdk/danbi.d.ts`)).body.toString()).toContain('interface Window');
  });

  test('the package may be imported where there is no page, and says what its calls take', async () => {
    const folder = join(ROOT, 'dist/sdk/npm');
    const { default: danbi } = (await import(pathToFileURL(join(folder, 'index.js')).href)) as { default: Danbi };
    danbi.track('Before');
    danbi.init({ key: 'k', host: 'http://127.0.0.1:1' });
    expect([danbi.inbox().unread(), Object.keys(globalThis).includes('danbi')]).toEqual([0, false]);
    const faults = (call: string): string[] => {
      const sample = `import danbi from 'danbi-js';\n${call};\n`;
      const host = ts.createCompilerHost({});
      const { fileExists, readFile, getSourceFile } = host;
      host.fileExists = (name) => name === '/sample.ts' || fileExists(name);
      host.readFile = (name) => (name === '/sample.ts' ? sample : readFile(name));
      host.getSourceFile = (name, ...more) => (name === '/sample.ts' ? ts.createSourceFile(name, sample, ts.ScriptTarget.ES2020) : getSourceFile(name, ...more));
      const program = ts.createProgram(['/sample.ts'], { strict: true, noEmit: true, types: [], lib: ['lib.es2020.d.ts'], module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, paths: { 'danbi-js': [join(folder, 'index.d.ts')] } }, host);
      return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
    };
    expect(faults(`danbi.on('impression', ({ campaign }) => campaign?.trim())(); danbi.consent({ analytics: 'granted' }); danbi.identify('u', { a: 1 }, { jwt: 'x' })`)).toEqual([]);
    expect(faults(`danbi.consent({ analytics: 'yes' })`)).toEqual([expect.stringContaining('"yes"')]);
  });

  test.each([
    [undefined, 'identity'], ['', 'identity'], ['gzip', 'gzip'], ['gzip, br', 'br'], ['br;q=0, gzip;q=0.5', 'gzip'], ['BR ; q=0.1', 'br'], ['*', 'identity'], ['br;q=x', 'identity'],
  ] as const)('%p is answered in %s', (accepted, coding) => expect(chooseCoding(accepted)).toBe(coding));

  test.each([['"a"', true], ['W/"a"', true], ['"b", "a"', true], ['*', true], ['"b"', false], [undefined, false]] as const)('%p names "a": %p', (header, known) => expect(isKnown('"a"', header)).toBe(known));
});
