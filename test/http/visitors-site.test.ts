import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
beforeAll(async () => { app = await startTestApp({ env: { TRUSTED_PROXIES: '127.0.0.1' } }); });
afterAll(() => app.close());

describe('the cookie of a visitor, on the site\'s own domain', () => {
  const YEAR = 'Max-Age=34128000; SameSite=Lax';
  const renew = (cookie: string | null, query = '', headers: Record<string, string> = {}) =>
    fetch(`${app.url}/_danbi/id${query}`, { method: 'POST', headers: { ...headers, ...(cookie === null ? {} : { cookie }) } });

  test.each<[string, string | null, string, string | null]>([
    ['is set again as it is', 'danbi=0190-ab_C.granted.pending', '', `danbi=0190-ab_C.granted.pending; Path=/; ${YEAR}`],
    ['among others', 'a=1; danbi=0190..; b=2', '', `danbi=0190..; Path=/; ${YEAR}`],
    ['for the domain it was for', 'danbi=0190..', '?d=Example.com', `danbi=0190..; Path=/; ${YEAR}; Domain=example.com`],
    ['keeps a denial, which has no id', 'danbi=.denied.denied', '', `danbi=.denied.denied; Path=/; ${YEAR}`],
    ['is not made up', null, '?d=example.com', null],
    ['of another shape is left alone', 'danbi=hello', '', null],
    ['with a header in it is left alone', 'danbi=x%0d%0aset-cookie:%20evil=1..', '', null],
    ['ignores what is no domain', 'danbi=0190..', '?d=a;%20HttpOnly', `danbi=0190..; Path=/; ${YEAR}`],
  ])('%s', async (_, cookie, query, expected) => {
    const answer = await renew(cookie, query);
    expect([answer.status, answer.headers.get('set-cookie'), answer.headers.get('cache-control')]).toEqual([204, expected, 'no-store']);
  });

  test('is Secure where the page is', async () => {
    expect((await renew('danbi=0190..', '', { 'x-forwarded-proto': 'https' })).headers.get('set-cookie')).toMatch(/; Secure$/);
  });
});
