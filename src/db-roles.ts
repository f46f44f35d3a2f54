import { parseArgs } from 'node:util';
import { createDataSource } from '../ormconfig.js';
import { AppError } from './kernel/errors.js';
import { readConfig } from './platform/config.js';
import { prepareDatabase } from './platform/database/prepare-db.js';
import { runningEmbedded } from './platform/database/embedded.js';
import { BACKUP, createServiceLogin, ensureServiceRoles, removeServiceLogin, SERVICE } from './platform/database/service-roles.js';
import { prepareAgenda } from './platform/jobs/agenda-alarms.js';

const USAGE = `npm run db:roles                      brings the schema up to date and makes the groups "${SERVICE}" and "${BACKUP}"
npm run db:roles -- --service NAME    makes a login for the service and prints its DATABASE_URL, once
npm run db:roles -- --backup NAME     makes a login that may read everything, for pg_dump
npm run db:roles -- --remove NAME     removes such a login
Run it as the owner of the tables: DATABASE_OWNER_URL, or DATABASE_URL.
`;

/** Gives and takes away logins with no more rights than their work needs. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { service: { type: 'string' }, backup: { type: 'string' }, remove: { type: 'string' }, help: { type: 'boolean' } }, strict: true });
  if (values.help === true || [values.service, values.backup, values.remove].filter((name) => name !== undefined).length > 1) return void process.stdout.write(USAGE);
  const config = readConfig(process.env);
  const url = config.DATABASE_OWNER_URL ?? config.DATABASE_URL ?? (await runningEmbedded(config.dataDir));
  const db = await createDataSource(url, 2).initialize();
  try {
    await prepareDatabase(db, new Date());
    await prepareAgenda(url);
    if (values.remove !== undefined) {
      await removeServiceLogin(db, values.remove);
      return void process.stdout.write(`Removed "${values.remove}".\n`);
    }
    await db.transaction(ensureServiceRoles);
    const name = values.service ?? values.backup;
    if (name === undefined) return void process.stdout.write(`The roles "${SERVICE}" and "${BACKUP}" are there and have their rights.\n`);
    const address = new URL(url);
    [address.username, address.password] = [name, await createServiceLogin(db, name, values.service === undefined ? BACKUP : SERVICE)];
    process.stdout.write(`Copy this line now, the password is shown only this once:\n${address.href}\n`);
  } finally {
    await db.destroy();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof AppError ? error.message : error instanceof Error ? `${error.message}\n${USAGE}` : String(error)}\n`);
  process.exit(1);
});
