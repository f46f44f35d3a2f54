import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';

const body = '<mj-section><mj-column><mj-text>{{> contact}}</mj-text></mj-column></mj-section>';
const broadcast = (subject: string, more: object = {}) => ({ type: 'broadcast', message: { type: 'message', channel: 'email', variants: [{ key: 'A', content: { subject, body, ...more } }] } });

describe('the messages of all campaigns', () => {
  let app: TestApp;
  const ids: string[] = [];
  const list = async (query = '') => (await app.api('GET', `/v1/messages${query}`)).body;
  const create = async (name: string, definition: object, unfinished = true) => {
    const { status, body: made } = await app.api('POST', '/v1/campaigns', { name, definition, unfinished });
    expect(status).toBe(201);
    ids.push(made.id);
    return made.id as string;
  };
  const named = (page: { items: { campaign: { name: string }; stepId: string; variant: string | null }[] }) => page.items.map(({ campaign, stepId, variant }) => [campaign.name, stepId, variant]);

  beforeAll(async () => {
    app = await startTestApp();
    await create('One', broadcast('가을 소식', { language: 'ko', translations: { ja: { subject: '秋', body }, en: { subject: 'Autumn', body } } }));
    await create('Two', { type: 'series', steps: [
      { id: 'hello', type: 'message', channel: 'email', name: 'Welcome', variants: [{ key: 'A', content: { subject: '' } }, { key: 'B', name: 'Short', content: { subject: 'Hi' } }] },
      { id: 'wait', type: 'wait' },
      { id: 'seen', type: 'message', channel: 'in_app', variants: [{ key: 'A', content: { title: 'News' } }], fallback: { email: { subject: 'Missed it?' } } },
      { id: 'bare', type: 'message', channel: 'chat' },
    ] });
    await create('Empty', { type: 'series' });
    const laddered = broadcast('Spring');
    await create('Three', { ...laddered, message: { ...laddered.message, ladder: [{ channel: 'in_app', unless: 'opened', after: { days: 1 }, content: { title: 'Seen?' } }, { channel: 'webhook', unless: 'clicked', after: { days: 1 } }] } });
  });
  afterAll(() => app.close());

  test('each variant of each step, with languages, snippets and what follows an unseen message; gaps are no error', async () => {
    const { items, next } = await list();
    expect(next).toBeNull();
    expect(named({ items })).toEqual([['Three', 'message', 'A'], ['Three', 'message', null], ['Three', 'message', null], ['Two', 'hello', 'A'], ['Two', 'hello', 'B'], ['Two', 'seen', 'A'], ['Two', 'seen', null], ['One', 'message', 'A']]);
    expect(items.slice(0, 3)).toMatchObject([{ rung: null, channel: 'email' }, { rung: 2, channel: 'in_app', title: 'Seen?' }, { rung: 3, channel: 'webhook', title: '' }]);
    expect(items[6]).toMatchObject({ channel: 'email', title: 'Missed it?', rung: null });
    expect(items[7]).toMatchObject({ channel: 'email', title: '가을 소식', languages: ['ko', 'en', 'ja'], snippets: ['contact'], campaign: { state: 'draft', type: 'broadcast' } });
  });

  test('found by words in any composition, by channel and state', async () => {
    expect(named(await list(`?q=${encodeURIComponent('가을'.normalize('NFD'))}`))).toEqual([['One', 'message', 'A']]);
    expect(named(await list('?q=short'))).toEqual([['Two', 'hello', 'B']]);
    expect(named(await list('?channel=in_app'))).toEqual([['Three', 'message', null], ['Two', 'seen', 'A']]);
    expect((await list('?state=active')).items).toEqual([]);
    expect(await app.api('GET', '/v1/messages?channel=pigeon')).toMatchObject({ status: 400 });
  });

  test('page by page, each once; a cursor of another list is refused', async () => {
    const found: unknown[] = [];
    let after = '';
    for (let page = 0; page < 5; page += 1) {
      const got = await list(`?limit=2${after}`);
      found.push(...named(got));
      if (got.next === null) break;
      after = `&after=${got.next}`;
    }
    expect(found).toEqual(named(await list()));
    expect(await app.api('GET', `/v1/messages?after=${Buffer.from('["2026-01-01T00:00:00Z"]').toString('base64url')}`)).toMatchObject({ status: 400, body: { code: 'request.bad-cursor' } });
  });

  test('what is archived is shown only when asked for', async () => {
    await app.db.query(`update campaign set state = 'archived' where id = $1`, [ids[0]]);
    expect(named(await list('?q=one'))).toEqual([]);
    expect(named(await list('?state=archived'))).toEqual([['One', 'message', 'A']]);
  });

  test('the layouts there are', async () => {
    expect((await app.api('GET', '/v1/messages/layouts')).body.items).toEqual(expect.arrayContaining([{ key: 'plain' }, { key: 'announcement' }]));
  });
});
