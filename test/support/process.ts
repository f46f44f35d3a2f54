import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { TEST_SECRET_KEY } from './secret-keys.js';

/** The service as an operator runs it. */
export interface DanbiProcess {
  child: ChildProcess;
  /** Resolves when the output matches; rejects, with the output, when the process ends first. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** Exit code and what was said, once it has ended. */
  ended: Promise<{ code: number | null; out: string; err: string }>;
}

const MAIN = process.env.DANBI_TEST_MAIN ?? 'dist/src/main.js';

/** Starts the built service, or another form of it, with only the given environment. */
export function spawnDanbi(env: Record<string, string>, main = MAIN): DanbiProcess {
  if (!existsSync(main)) throw new Error(`${main} is missing: run \`npm run build\` first`);
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], { env: { PATH: process.env.PATH, HOME: process.env.HOME, LOG_LEVEL: 'error', ...(env.DATABASE_URL === undefined ? {} : { DANBI_SECRET_KEY: TEST_SECRET_KEY }), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (part) => { said.out += part; });
  child.stderr.on('data', (part) => { said.err += part; });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((done) => { child.once('close', (code) => done({ code, ...said })); });
  const until = (pattern: RegExp) => new Promise<RegExpExecArray>((done, fail) => {
    const look = () => {
      const found = pattern.exec(said.out);
      if (found) done(found);
    };
    child.stdout.on('data', look);
    look();
    void ended.then(() => fail(new Error(`ended before ${pattern}: ${said.out}${said.err}`)));
  });
  return { child, until, ended };
}
