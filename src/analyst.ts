import { parseArgs } from 'node:util';
import { createDataSource } from '../ormconfig.js';
import { AppError } from './kernel/errors.js';
import { readConfig } from './platform/config.js';
import { createAnalyst, ensureAnalysts, removeAnalyst } from './platform/database/analyst-role.js';
import { runningEmbedded } from './platform/database/embedded.js';
import { inTransaction } from './platform/database/db.js';

const USAGE = `npm run db:analyst                    makes the group "danbi_analyst", which may read the views of docs/analyst-views.md
npm run db:analyst -- --create NAME   makes a login in it and prints its password, once
npm run db:analyst -- --remove NAME   removes that login
`;

/** Gives and takes away logins to the views of analysts. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { create: { type: 'string' }, remove: { type: 'string' }, help: { type: 'boolean' } }, strict: true });
  if (values.help === true || (values.create !== undefined && values.remove !== undefined)) return void process.stdout.write(USAGE);
  const config = readConfig(process.env);
  const url = config.DATABASE_URL ?? (await runningEmbedded(config.dataDir));
  const db = await createDataSource(url, 2).initialize();
  try {
    if (values.remove !== undefined) {
      await removeAnalyst(db, values.remove);
      process.stdout.write(`Removed "${values.remove}".\n`);
    } else if (values.create !== undefined) {
      const address = new URL(url);
      [address.username, address.password] = [values.create, await createAnalyst(db, values.create)];
      process.stdout.write(`Copy this line now, the password is shown only this once:\n${address.href}\n`);
    } else {
      await inTransaction(db, ensureAnalysts);
      process.stdout.write('The role "danbi_analyst" may read the views in the schema "analytics".\n');
    }
  } finally {
    await db.destroy();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof AppError ? error.message : error instanceof Error ? `${error.message}\n${USAGE}` : String(error)}\n`);
  process.exit(1);
});
