import { join } from 'node:path';
import { startApp, type RunningApp } from './app.js';
import { AppError } from './kernel/errors.js';
import { readConfig, type Config } from './platform/config.js';
import { startEmbedded, type EmbeddedServer } from './platform/database/embedded.js';

/** Starts the service, prints where to go, stops cleanly on Ctrl-C or SIGTERM. A failed start is one sentence and exit 1. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const embedded = config.DATABASE_URL ? null : await startEmbedded({ directory: join(config.dataDir) });
  let app: RunningApp;
  try {
    app = await startApp({ config, databaseUrl: config.DATABASE_URL ?? embedded!.url });
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
  stopOnSignal(app, embedded);
  process.stdout.write(`Danbi is ready at ${publicUrl(config, app)}\n`);
}

const publicUrl = (config: Config, app: RunningApp) => config.PUBLIC_URL ?? app.url.replace('127.0.0.1', 'localhost');

function stopOnSignal(app: RunningApp, embedded: EmbeddedServer | null): void {
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    process.stdout.write(`${signal}: finishing what is in flight …\n`);
    await app.close();
    await embedded?.stop();
    process.stdout.write('Stopped.\n');
    process.exit(0);
  };
  process.on('SIGINT', () => void stop('Ctrl-C'));
  process.on('SIGTERM', () => void stop('SIGTERM'));
}

/** One sentence for the operator; the stack only for faults nobody foresaw. */
function explainFailure(error: unknown): string {
  if (error instanceof AppError) return error.message;
  const { code, port, address } = error as { code?: string; port?: number; address?: string };
  if (code === 'EADDRINUSE') return `Port ${port} is taken by another program. Set PORT to a free one.`;
  if (code === 'EACCES') return `Danbi may not listen on port ${port}. Set PORT to one above 1023.`;
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'ETIMEDOUT') return `The database at ${address ?? 'DATABASE_URL'}${port ? `:${port}` : ''} cannot be reached (${code}). Check DATABASE_URL.`;
  if (code === '28P01' || code === '3D000' || code === '28000') return `The database refused the connection: ${(error as Error).message}. Check DATABASE_URL.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch((error: unknown) => {
  process.stderr.write(`Danbi did not start. ${explainFailure(error)}\n`);
  process.exit(1);
});
