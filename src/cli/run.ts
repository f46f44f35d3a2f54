import { parseArgs } from 'node:util';
import { Fault } from './fault.js';
import { readFolder, writeFolder } from './folder.js';
import { findingLines, goingOf, otherLines, planLines, publishedLines, summary } from './print.js';
import { Server, type Asked } from './server.js';

/** Where the command speaks and listens. `ask` is null when nobody sits there. */
export interface Terminal { say(text: string): void; complain(text: string): void; ask: ((question: string) => Promise<string>) | null }

const HELP = `Campaigns, and what they name, as files.

  danbi pull DIR                                   write what the server has into the folder
  danbi plan DIR [--publish] [--delete]            say what applying the folder would change
  danbi apply DIR [--publish] [--delete] [--yes]   make it so

  --publish      also publish what files call "published: true"; broadcasts are never launched
  --delete       also take away what is there and in no file: the folder is everything.
                 What was ever published is archived, and what is in use stays
  --exit-code    plan: end with 2 when something would change
  --yes          apply: do not ask

  DANBI_URL      the server, such as https://danbi.example.com
  DANBI_KEY      a server key; for plan and apply one that may edit campaigns

Ends with 0 when all is well, 1 when something is wrong.`;

const OPTIONS = { publish: { type: 'boolean', default: false }, delete: { type: 'boolean', default: false }, 'exit-code': { type: 'boolean', default: false }, yes: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } } as const;

/** Runs one command. @returns the code to exit with: 0 well, 1 wrong, 2 (asked for by --exit-code) something would change */
export async function runCli(args: readonly string[], env: NodeJS.ProcessEnv, terminal: Terminal): Promise<number> {
  try {
    const { values, positionals: [command, folder, ...more] } = parsed(args);
    if (values.help || command === undefined) { terminal.say(HELP); return values.help ? 0 : 1; }
    if (!['pull', 'plan', 'apply'].includes(command)) throw new Fault(`There is no command "${command}". There are: pull, plan, apply.`);
    if (folder === undefined || more.length > 0) throw new Fault(`Name one folder: danbi ${command} DIR`);
    const server = new Server(env);
    const asked = { publish: values.publish, remove: values.delete };
    if (command === 'pull') { await pull(server, folder, terminal); return 0; }
    if (command === 'apply') return await apply(server, folder, { asked, yes: values.yes }, terminal);
    const plan = await server.plan(await readFolder(folder), asked);
    show(plan, asked, terminal);
    return plan.valid ? (values['exit-code'] && plan.changes > 0 ? 2 : 0) : 1;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    terminal.complain(error.message);
    return 1;
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new Fault(`${(error as Error).message}\n\n${HELP}`);
  }
}

async function pull(server: Server, folder: string, { say }: Terminal): Promise<void> {
  const { written, kept, onlyHere } = await writeFolder(folder, await server.files());
  for (const path of written) say(`  wrote ${path}`);
  for (const path of onlyHere) say(`  only here: ${path}`);
  say(`${written.length} written, ${kept} as they were.`);
}

type Plan = Awaited<ReturnType<Server['plan']>>;

function show(plan: Plan, { remove }: Asked, { say, complain }: Terminal): void {
  for (const line of [...planLines(plan), ...otherLines(plan, remove)]) say(line);
  for (const line of findingLines(plan)) complain(line);
  say(summary(plan, remove));
}

async function apply(server: Server, folder: string, { asked, yes }: { asked: Asked; yes: boolean }, terminal: Terminal): Promise<number> {
  const files = await readFolder(folder);
  const plan = await server.plan(files, asked);
  show(plan, asked, terminal);
  if (!plan.valid) return 1;
  if (plan.changes === 0) return 0;
  if (!yes && !terminal.ask) throw new Fault('Nobody is here to be asked. With --yes it is applied without asking.');
  if (!yes && !(await isConfirmed(asked.remove ? goingOf(plan).length : 0, terminal.ask!))) { terminal.say('Nothing was changed.'); return 1; }
  const { published, others } = await server.apply(files, asked, plan.digest);
  terminal.say('Applied.');
  for (const line of publishedLines(published)) terminal.say(line);
  const left = asked.remove ? others.filter(({ kind, does }) => does === 'keep' && kind !== 'topic') : [];
  if (left.length > 0) terminal.complain(`${left.length} in no file ${left.length === 1 ? 'stays' : 'stay'}, as told above.`);
  return left.length > 0 || published.some(({ refused }) => refused !== null) ? 1 : 0;
}

/** What goes for good is confirmed by its number, so that a habit of saying yes removes nothing. */
async function isConfirmed(going: number, ask: NonNullable<Terminal['ask']>): Promise<boolean> {
  if (going === 0) return /^y(es)?$/i.test((await ask('Apply this? (yes/no) ')).trim());
  return (await ask(`Apply this, and remove ${going}? Type ${going} to go on: `)).trim() === String(going);
}
