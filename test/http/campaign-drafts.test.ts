import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { email, series } from '../support/campaign-definitions.js';

let app: TestApp;
beforeAll(async () => { app = await startTestApp(); });
afterAll(() => app.close());

const create = (definition: unknown, unfinished?: boolean) => app.api('POST', '/v1/campaigns', { name: 'Draft', definition, ...(unfinished === undefined ? {} : { unfinished }) });
const emptyMail = { type: 'broadcast', segmentId: null, message: { type: 'message', channel: 'email', variants: [{ key: 'A', content: { subject: '', body: '', replyTo: 'mina@' } }] } };

describe('a draft with gaps', () => {
  test('is kept as it was written when its editor says so, and refused otherwise', async () => {
    const kept = await create(emptyMail, true);
    expect(kept).toMatchObject({ status: 201, body: { state: 'draft', unfinished: true, definition: emptyMail } });
    expect((await app.api('GET', `/v1/campaigns/${kept.body.id}`)).body).toMatchObject({ unfinished: true, definition: emptyMail });
    for (const said of [undefined, false]) expect((await create(emptyMail, said)).status).toBe(400);
    expect(await create({ type: 'series' }, true)).toMatchObject({ status: 201, body: { definition: { type: 'series' } } });
  });

  test('says at its check what is not written, each with its place, and can not be published or read as a message', async () => {
    const { body: { id } } = await create(emptyMail, true);
    const { body } = await app.api('POST', `/v1/campaigns/${id}/check`);
    expect(body).toMatchObject({ ok: false, testThenSend: null });
    expect(body.findings.map(({ path, code }: { path: string; code: string }) => `${path} ${code}`).sort()).toEqual([
      'message.variants.0.content.body campaign.not-written', 'message.variants.0.content.replyTo campaign.not-written',
      'message.variants.0.content.subject campaign.not-written', 'segmentId campaign.not-written',
    ]);
    for (const route of ['publish', 'test-plan', 'coverage', 'preview']) {
      expect({ route, ...(await app.api('POST', `/v1/campaigns/${id}/${route}`, route === 'preview' ? { personId: '0198c0de-0000-7000-8000-000000000001' } : {})) }).toMatchObject({ route, status: 400 });
    }
    expect((await app.api('GET', `/v1/campaigns/${id}`)).body).toMatchObject({ state: 'draft', currentVersion: null });
  });

  test('becomes whole by a change, with every default filled in', async () => {
    const { body: draft } = await create({ type: 'series', entry: { type: 'segment' }, start: '', steps: [] }, true);
    const whole = series({ steps: [email('a', null)] });
    const { status, body } = await app.api('PUT', `/v1/campaigns/${draft.id}`, { revision: draft.revision, name: 'Whole', definition: whole, unfinished: true });
    expect({ status, unfinished: body.unfinished, revision: body.revision, reentry: body.definition.reentry }).toEqual({ status: 200, unfinished: false, revision: 2, reentry: { policy: 'never' } });
    expect((await app.api('POST', `/v1/campaigns/${draft.id}/duplicate`, {})).body).toMatchObject({ unfinished: false });
    expect((await app.api('PUT', `/v1/campaigns/${draft.id}`, { revision: 2, name: 'Emptied', definition: { ...whole, steps: [] }, unfinished: true })).body).toMatchObject({ unfinished: true, revision: 3 });
  });

  test('may lack things but not say wrong ones', async () => {
    const wrong = [
      [{ type: 'series', entry: { type: 'segment' }, colour: 'red' }, /definition: .*colour/],
      [{ ...emptyMail, message: { ...emptyMail.message, variants: [{ key: 'A', content: { subject: 5, body: '' } }] } }, /subject/],
      [{ ...emptyMail, message: { ...emptyMail.message, variants: [{ key: 'A', content: { subject: 'x'.repeat(501), body: '' } }] } }, /subject/],
      [{ type: 'letter' }, /definition\.type/],
      [{ type: 'broadcast', message: { type: 'message', channel: 'fax' } }, /channel/],
      ['series', /definition/],
    ] as const;
    for (const [definition, place] of wrong) {
      const { status, body } = await create(definition, true);
      expect({ definition, status, message: body.message }).toEqual({ definition, status: 400, message: expect.stringMatching(place) });
    }
    expect((await app.api('GET', '/v1/campaigns?q=letter')).body.items).toEqual([]);
  });
});

test('a page size that is no number is said in words', async () => {
  expect(await app.api('GET', '/v1/campaigns?limit=abc')).toMatchObject({ status: 400, body: { message: 'limit: must be a number' } });
});
