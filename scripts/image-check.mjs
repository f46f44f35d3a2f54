// Builds the container image and runs it as compose.yaml would: `npm run nightly -- image`, as root on Debian with buildah, debootstrap and
// runc (installed when missing). Without a registry the base is made here (scripts/image/build.mjs); DANBI_IMAGE_BASE=pull takes the real one.
// DANBI_IMAGE_FOLDER=folder keeps what was built there, and takes it when it is there already.
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SMTPServer } from 'smtp-server';
import { baseName, buildImage, makeBase } from './image/build.mjs';
import { startContainer } from './image/container.mjs';
import { contentFaults } from './image/contents.mjs';
import { launch, readiness, setUp } from './image/drive.mjs';
import { buildahIn, megabytes, needPrograms, run, sizeOf } from './image/tools.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PEOPLE = 50;
const faults = [];
const say = (what, value) => process.stdout.write(`${what.padEnd(58)} ${value}\n`);
const expect = (what, holds, value = holds ? 'yes' : 'NO') => { say(what, holds ? value : `${value}  <- FAILED`); if (!holds) faults.push(what); };
const timed = async (work) => { const from = performance.now(); const result = await work(); return [result, `${((performance.now() - from) / 1000).toFixed(1)} s`]; };
const listening = (server) => new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(server.address().port)); });
const closed = (server) => new Promise((resolve) => { server.close(() => resolve()); });
async function freePort() {
  const server = createServer();
  const port = await listening(server);
  await closed(server);
  return port;
}

const kept = process.env.DANBI_IMAGE_FOLDER;
if (kept) mkdirSync(kept, { recursive: true });
const folder = mkdtempSync(`${tmpdir()}/danbi-image-`);
const open = [];
try {
  needPrograms();
  const buildah = buildahIn(kept ?? folder);
  const base = baseName(ROOT);
  const image = 'danbi';
  const isBuilt = buildah('images', '--json').includes(`localhost/${image}:`);
  if (isBuilt) say('built before, taken as it is', kept);
  else if (process.env.DANBI_IMAGE_BASE === 'pull') buildah('pull', '--quiet', base);
  else {
    const [made, took] = await timed(() => makeBase(buildah, folder, `docker.io/library/${base}`));
    say(`base in place of ${base}`, `Debian bookworm, Node ${made.node}, npm ${made.npm}: ${megabytes(made.size)}, ${took}`);
  }
  if (!isBuilt) say('built, every step of the Dockerfile', (await timed(() => buildImage(buildah, folder, ROOT, image)))[1]);
  const settings = JSON.parse(buildah('inspect', '--type', 'image', image)).Docker.config;
  expect('has a health check, a volume, a user without rights', Boolean(settings.Healthcheck?.Test) && '/data' in (settings.Volumes ?? {}) && settings.User === 'node', `${settings.User}, ${Object.keys(settings.Volumes ?? {}).join(' ')}`);
  const container = buildah('from', '--pull-never', image);
  open.push(() => buildah('rm', container));
  const rootfs = buildah('mount', container);
  say('size unpacked', `${megabytes(sizeOf(rootfs))}, of it /app ${megabytes(sizeOf(`${rootfs}/app`))} (packages ${megabytes(sizeOf(`${rootfs}/app/node_modules`))}, built ${megabytes(sizeOf(`${rootfs}/app/dist`))})`);
  const strange = contentFaults(rootfs, ROOT);
  expect('no sources, compilers, packages for building, secrets', strange.length === 0, strange.length === 0 ? 'yes' : strange.slice(0, 8).join('; '));

  const stamp = `${folder}/stamp`;
  run('touch', [stamp]);
  await ownDatabase(rootfs, settings);
  await databaseBeside(rootfs, settings);
  const written = run('find', [rootfs, '-xdev', '-newer', stamp, '-type', 'f']);
  expect('nothing is written outside /data and /tmp', written === '', written === '' ? 'yes' : written.split('\n').slice(0, 5).join(' '));
} catch (error) {
  faults.push(error instanceof Error ? error.message : String(error));
} finally {
  // One that can not be ended keeps none of the others.
  for (const end of open.toReversed()) await Promise.resolve().then(end).catch((error) => faults.push(`cleaning up: ${error.message}`));
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(faults.length === 0 ? 'the image does what it should\n' : `FAILED: ${faults.join('; ')}\n`);
process.exit(faults.length === 0 ? 0 : 1);

function dataFolder(name) {
  const data = `${folder}/${name}`;
  mkdirSync(data);
  chownSync(data, 1000, 1000);
  return data;
}

async function start(name, how) {
  const port = await freePort();
  const container = startContainer({ folder, name, ...how, env: { PORT: String(port), ...how.env } });
  open.push(container.destroy);
  const [, took] = await timed(() => container.until(/ready at \S+/));
  return { ...container, url: `http://127.0.0.1:${port}`, took };
}

/** Ids of users that its processes run as, read outside. */
function users(container) {
  return [...new Set(container.processes().flatMap((pid) => { try { return /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]; } catch { return []; } }))];
}

/** `docker run`: PostgreSQL inside, mail in the sandbox; then it is killed, started again on the same volume, and ended in order. */
async function ownDatabase(rootfs, settings) {
  const data = dataFolder('own');
  const health = settings.Healthcheck.Test.slice(1);
  const how = { rootfs, settings, data, env: {} };
  const first = await start('own-1', how);
  say('own database: ready after', first.took);
  const [, token] = await first.until(/token=(\S+)/);
  await setUp(first.url, token);
  expect('own database: /health/ready after the first account', (await readiness(first.url)) === 200, '200');
  expect('own database: the health check of the image', (() => { try { first.exec(...health); return true; } catch { return false; } })(), 'exits 0');
  expect('own database: every process is the user 1000', users(first).join() === '1000', `uid ${users(first).join(', ')} (${first.processes().length} processes)`);
  say('own database: memory of all processes', megabytes(first.processes().reduce((sum, pid) => { try { return sum + Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]) * 1024; } catch { return sum; } }, 0)));
  first.signal('KILL');
  await first.ended;
  first.destroy();
  const second = await start('own-2', how);
  expect('own database: starts again after kill -9 of the container', (await readiness(second.url)) === 200, `ready after ${second.took}`);
  expect('own database: the account is still there', !/token=/.test(second.printed()));
  await stop(second, 'own database');
}

/** compose.yaml: PostgreSQL and a relay beside it. */
async function databaseBeside(rootfs, settings) {
  const { startEmbedded } = await import('../dist/src/platform/database/embedded.js');
  const beside = `${folder}/beside`;
  mkdirSync(beside, { mode: 0o755 });
  run('chmod', ['755', folder]);
  const server = await startEmbedded({ directory: beside });
  open.push(() => server.stop());
  const taken = { mails: 0 };
  const relay = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'], logger: false, onData: (stream, _session, done) => { stream.resume(); stream.on('end', () => { taken.mails += 1; done(); }); } });
  const smtp = await listening(relay.server);
  open.push(() => closed(relay));
  const container = await start('beside-1', { rootfs, settings, data: dataFolder('beside-data'), env: { DATABASE_URL: server.url, SMTP_URL: `smtp://127.0.0.1:${smtp}` } });
  say('compose: migrations and start on an empty PostgreSQL 18', container.took);
  const [, token] = await container.until(/token=(\S+)/);
  await launch(container.url, await setUp(container.url, token), PEOPLE);
  // Ended in the middle of it: what was claimed is still sent, and nothing twice by the one that comes after.
  while (taken.mails === 0) await sleep(20);
  await stop(container, 'compose');
  const drained = taken.mails;
  const next = await start('beside-2', { rootfs, settings, data: `${folder}/beside-data`, env: { DATABASE_URL: server.url, SMTP_URL: `smtp://127.0.0.1:${smtp}` } });
  while (taken.mails < PEOPLE) await sleep(50);
  expect('compose: mails taken by the relay', taken.mails === PEOPLE, `${taken.mails} of ${PEOPLE}, ${drained} of them before the first container had ended`);
  await stop(next, 'compose, second container');
  expect('compose: none went twice', taken.mails === PEOPLE, String(taken.mails));
}

async function stop(container, name) {
  const [code, took] = await timed(() => { container.signal('TERM'); return container.ended; });
  expect(`${name}: SIGTERM drains and ends with 0`, code === 0 && container.printed().includes('Stopped.'), `exit ${code} after ${took}`);
  container.destroy();
}
