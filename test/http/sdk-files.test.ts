import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chooseCoding, isKnown } from '../../src/visitors/sdk/domain/coding.js';
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

  test.each([
    [undefined, 'identity'], ['', 'identity'], ['gzip', 'gzip'], ['gzip, br', 'br'], ['br;q=0, gzip;q=0.5', 'gzip'], ['BR ; q=0.1', 'br'], ['*', 'identity'], ['br;q=x', 'identity'],
  ] as const)('%p is answered in %s', (accepted, coding) => expect(chooseCoding(accepted)).toBe(coding));

  test.each([['"a"', true], ['W/"a"', true], ['"b", "a"', true], ['*', true], ['"b"', false], [undefined, false]] as const)('%p names "a": %p', (header, known) => expect(isKnown('"a"', header)).toBe(known));
});
