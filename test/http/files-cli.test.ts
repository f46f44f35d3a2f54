import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { email, series } from '../support/campaign-definitions.js';

const CLI = 'dist/src/cli.js';
let staging: TestApp;
let production: TestApp;
let folder: string;
beforeAll(async () => {
  if (!existsSync(CLI)) throw new Error(`${CLI} is missing: run \`npm run build\` first`);
  [staging, production] = [await startTestApp(), await startTestApp()];
  folder = join(await mkdtemp(join(tmpdir(), 'danbi-files-')), '캠페인');
});
afterAll(async () => { await staging.close(); await production.close(); await rm(join(folder, '..'), { recursive: true, force: true }); });

/** The command as it is given in a terminal, with nobody there to be asked. */
const danbi = (app: Pick<TestApp, 'url' | 'key'>, ...args: string[]) => new Promise<{ code: number; out: string; err: string }>((done) => {
  execFile(process.execPath, [CLI, ...args], { env: { PATH: process.env.PATH, DANBI_URL: `${app.url}/`, DANBI_KEY: app.key } }, (error, out, err) => { done({ code: error ? Number(error.code) : 0, out, err }); });
});

test('a campaign is pulled from one environment, reviewed, and applied to another', async () => {
  const { id: segmentId } = (await staging.api('POST', '/v1/segments', { name: '체험 고객', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'trial' } })).body;
  const { id } = (await staging.api('POST', '/v1/campaigns', { name: '환영', definition: series({ entry: { type: 'segment', segmentId, take: 'future_only' }, steps: [email('a', 'w', { name: '첫인사' }), { id: 'w', type: 'wait', for: { days: 2 }, next: null }] }) })).body;
  expect((await staging.api('POST', `/v1/campaigns/${id}/publish`, {})).status).toBe(200);

  const pulled = await danbi(staging, 'pull', folder);
  expect([pulled.code, pulled.out]).toEqual([0, '  wrote campaigns/hwannyeong.yaml\n  wrote segments/cheheom-gogaek.yaml\n  wrote topics/account.yaml\n  wrote topics/product-updates.yaml\n4 written, 0 as they were.\n']);
  expect(await danbi(staging, 'plan', folder, '--publish', '--exit-code')).toEqual({ code: 0, out: '0 to create, 0 to change, 0 to publish, 4 as they are.\n', err: '' });

  const planned = await danbi(production, 'plan', folder, '--publish', '--exit-code');
  expect([planned.code, planned.out]).toEqual([2, '  + segment  cheheom-gogaek  체험 고객\n  + campaign hwannyeong  환영  -> publish\n2 to create, 0 to change, 1 to publish, 2 as they are.\n']);
  expect(await danbi(production, 'apply', folder, '--publish')).toMatchObject({ code: 1, err: expect.stringContaining('Nobody is here to be asked. With --yes it is applied without asking.\n') });
  const applied = await danbi(production, 'apply', folder, '--publish', '--yes');
  expect([applied.code, applied.out.split('Applied.\n')[1]]).toEqual([0, '  hwannyeong: version 1 is published.\n']);
  expect((await production.api('GET', '/v1/campaigns')).body.items).toMatchObject([{ name: '환영', state: 'active' }]);

  // A comment and a change in the folder: the change goes there, and the comment stays when it comes back.
  const path = join(folder, 'campaigns/hwannyeong.yaml');
  await writeFile(path, `# 검토: 미나\n${(await readFile(path, 'utf8')).replace('days: 2', 'days: 3')}`);
  const changed = await danbi(production, 'apply', folder, '--yes');
  expect([changed.code, changed.out.split('\n').slice(0, 2)]).toEqual([0, ['  ~ campaign hwannyeong  환영  (not published as it is; --publish does)', '      Wait “w”: 2 days → 3 days']]);
  expect((await danbi(production, 'pull', folder)).out).toContain('wrote campaigns/hwannyeong.yaml');
  expect((await danbi(production, 'apply', folder, '--publish', '--yes')).out).not.toContain('published.');
  await writeFile(path, `# 검토: 미나\n${(await readFile(path, 'utf8')).replace('definition:', 'published: true\ndefinition:')}`);
  expect((await danbi(production, 'apply', folder, '--publish', '--yes')).out).toContain('hwannyeong: version 2 is published.');
  expect((await danbi(production, 'pull', folder)).out).toBe('0 written, 4 as they were.\n');
  expect(await readFile(path, 'utf8')).toMatch(/^# 검토: 미나\nformat: danbi\.campaign\/1/);
  expect((await readdir(folder)).toSorted()).toEqual(['campaigns', 'segments', 'topics']);
});

test('what is there and in no file is told, and goes with --delete', async () => {
  await production.api('POST', '/v1/lists', { name: 'Old list' });
  expect(await danbi(production, 'plan', folder)).toEqual({ code: 0, out: 'In no file, and left alone (--delete takes away what can go):\n  ? list     old-list  Old list\n0 to create, 0 to change, 0 to publish, 4 as they are, 1 in no file.\n', err: '' });
  expect((await danbi(production, 'apply', folder, '--delete', '--yes')).out).toBe('In no file:\n  - list     old-list  Old list  -> archived\n0 to create, 0 to change, 0 to publish, 1 to remove, 4 as they are.\nApplied.\n');
  expect((await danbi(production, 'plan', folder, '--delete', '--exit-code')).code).toBe(0);
});

test('what is wrong is said in one line with its place, and ends with 1', async () => {
  await writeFile(join(folder, 'broken.yaml'), 'format: danbi.segment/1\nkey: x\nname: X\ndefinition:\n  type: attribute\n  key: plan\n  op: equals\n  value: y\n');
  const planned = await danbi(production, 'plan', folder);
  expect([planned.code, planned.err]).toEqual([1, expect.stringMatching(/^broken\.yaml:7:3: error: There is no operator "equals"/)]);
  expect(planned.out).toContain('1 error: nothing can be applied.');
  expect((await danbi(production, 'apply', folder, '--yes')).code).toBe(1);
  const wrong: [Pick<TestApp, 'url' | 'key'>, string[], RegExp][] = [
    [production, ['plan', join(folder, 'nowhere')], /^There is no folder /], [production, ['push', folder], /^There is no command "push"/], [production, ['plan', folder, '--force'], /--force/],
    [{ url: production.url, key: 'nobody' }, ['pull', folder], /key/i], [{ url: 'http://127.0.0.1:1', key: 'x' }, ['pull', folder], /does not answer: /], [{ url: '', key: 'x' }, ['pull', folder], /^Set DANBI_URL/],
  ];
  for (const [app, args, says] of wrong) expect(await danbi(app, ...args)).toMatchObject({ code: 1, err: expect.stringMatching(says) });
});
