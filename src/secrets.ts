import { parseArgs } from 'node:util';
import { createDataSource } from '../ormconfig.js';
import { SystemClock } from './kernel/clock.js';
import { AppError } from './kernel/errors.js';
import { readConfig, type Config } from './platform/config.js';
import { runningEmbedded, startEmbedded } from './platform/database/embedded.js';
import { lockFolder } from './platform/database/folder-lock.js';
import { findLost, forgetLost, type LostSecret } from './platform/secrets/lost.js';
import { keySourceOf } from './platform/secrets/start-secrets.js';

const USAGE = `npm run secrets -- check                    says which secrets in the database can not be opened, and changes nothing
npm run secrets -- forget-lost --agree N    removes those N, so that they can be entered again (docs/secrets.md)
`;

/** The database, started for the moment when it is the embedded one and the service is not running. */
async function database(config: Config): Promise<{ url: string; stop(): Promise<void> }> {
  if (config.DATABASE_URL) return { url: config.DATABASE_URL, stop: async () => {} };
  const running = await runningEmbedded(config.dataDir).catch(() => null);
  if (running !== null) return { url: running, stop: async () => {} };
  const unlock = await lockFolder(config.dataDir);
  const server = await startEmbedded({ directory: config.dataDir });
  return { url: server.url, stop: async () => { await server.stop(); await unlock(); } };
}

function tell(lost: readonly LostSecret[], said: string): void {
  for (const { place, id, because } of lost) process.stdout.write(`${place} ${id}: ${because === 'no-key' ? 'its key is not here' : 'it was changed or moved'}\n`);
  process.stdout.write(`${said}\n`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { agree: { type: 'string' } }, allowPositionals: true, strict: true });
  const [verb] = positionals;
  if (positionals.length !== 1 || (verb !== 'check' && verb !== 'forget-lost') || (verb === 'forget-lost' && !/^\d+$/.test(values.agree ?? ''))) throw new AppError('secrets.usage', USAGE);
  const config = readConfig(process.env);
  const { url, stop } = await database(config);
  try {
    const db = await createDataSource(url, 2).initialize();
    try {
      const source = keySourceOf(config);
      if (verb === 'check') {
        const lost = await findLost(db, source);
        tell(lost, lost.length === 0 ? 'Every secret opens.' : `${lost.length} secrets can not be opened. Put the key back; or, when it is gone for good: npm run secrets -- forget-lost --agree ${lost.length}`);
        if (lost.length > 0) process.exitCode = 2;
      } else tell(await forgetLost(db, source, Number(values.agree), new SystemClock().now()), 'They are removed. Start Danbi and enter or make them again; what they belonged to is switched off until then.');
    } finally {
      await db.destroy();
    }
  } finally {
    await stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof AppError ? error.message : error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
