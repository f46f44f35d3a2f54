import { Setup } from './access/setup.service.js';
import { startApp, type RunningApp } from './app.js';
import { AppError } from './kernel/errors.js';
import { readConfig, type Config } from './platform/config.js';
import { startEmbedded, type EmbeddedServer } from './platform/database/embedded.js';
import { keepRunning } from './platform/database/embedded-watch.js';
import { makeDataFolder } from './platform/database/embedded-place.js';
import { lockFolder } from './platform/database/folder-lock.js';
import { assertReachable } from './platform/database/reach.js';
import { boundHeapGrowth } from './platform/heap-growth.js';
import { assertPortFree, explainListen } from './platform/http/port.js';
import { PublicUrl } from './platform/public-url.js';

/** A second Ctrl-C within this time is the same one: npm passes on what the terminal has sent already. */
const SAME_SIGNAL_MS = 2_000;

/** Starts the service, prints where to go, stops cleanly on Ctrl-C or SIGTERM. A failed start is one sentence and exit 1. */
async function main(): Promise<void> {
  boundHeapGrowth();
  const stopWanted = firstSignal();
  const config = readConfig(process.env);
  await assertPortFree(config.HOST, config.PORT);
  await makeDataFolder(config.dataDir);
  const embedded = config.DATABASE_URL ? null : await startOwnDatabase(config);
  let app: RunningApp;
  try {
    if (config.DATABASE_URL) await assertReachable(config.DATABASE_URL);
    app = await startApp({ config, databaseUrl: config.DATABASE_URL ?? embedded!.url });
    await announce(config, app);
  } catch (error) {
    await embedded?.stop();
    throw explainListen(error, config.HOST, config.PORT) ?? error;
  }
  await stopOn(stopWanted, app, embedded);
}

async function stopOn(signal: Promise<string>, app: RunningApp, embedded: EmbeddedServer | null): Promise<void> {
  process.stdout.write(`${await signal}: finishing what is in flight …\n`);
  try {
    await app.close();
    await embedded?.stop();
  } catch (error) {
    process.stderr.write(`Danbi did not stop cleanly; the next start takes up from here. ${explainFailure(error)}\n`);
    process.exit(1);
  }
  process.stdout.write('Stopped.\n');
  process.exit(0);
}

async function startOwnDatabase(config: Config): Promise<EmbeddedServer> {
  const unlock = await lockFolder(config.dataDir);
  const server = await startEmbedded({ directory: config.dataDir });
  const unwatch = keepRunning(server);
  return { ...server, stop: async () => { await unwatch(); await server.stop(); await unlock(); } };
}

async function announce(config: Config, app: RunningApp): Promise<void> {
  const url = app.nest.get(PublicUrl).value;
  const token = config.ROLE === 'worker' ? null : await app.nest.get(Setup, { strict: false }).issue();
  if (app.madeKeyFile !== null) process.stdout.write(`Made a key that seals passwords and keys in the database: ${app.madeKeyFile}\nBack it up, apart from the database: without it they can not be read again.\n`);
  process.stdout.write(`Danbi is ready at ${url}\n${token === null ? '' : `Set-up: ${url}/setup?token=${token}\n`}`);
}

/**
 * Resolves with the name of the first signal to stop. It may come while the service still starts: the start is then finished
 * and undone, so that the database under it is stopped too. A second signal ends the process at once.
 */
function firstSignal(): Promise<string> {
  return new Promise((done) => {
    let first = 0;
    const on = (name: string) => () => {
      if (first !== 0 && performance.now() - first > SAME_SIGNAL_MS) process.exit(130);
      if (first === 0) first = performance.now();
      done(name);
    };
    process.on('SIGINT', on('Ctrl-C'));
    process.on('SIGTERM', on('SIGTERM'));
    process.on('SIGHUP', on('SIGHUP'));
  });
}

/** One sentence for the operator; the stack only for faults nobody foresaw. */
function explainFailure(error: unknown): string {
  if (error instanceof AppError) return error.message;
  const { code, message, stack } = error as { code?: string; message?: string; stack?: string };
  if (code === '42501') return `The database user may not change the schema: ${message}. Set DATABASE_OWNER_URL to the owner of the tables, or run npm run db:roles as the owner.`;
  if (code === 'ENOSPC') return 'The disk is full. Make room and start again.';
  return stack ?? String(error);
}

main().catch((error: unknown) => {
  process.stderr.write(`Danbi did not start. ${explainFailure(error)}\n`);
  process.exit(1);
});
