// Builds the dashboard into dist/web, with each file in the codings a browser may ask for. Ends with exit code 1 when the first
// load or one page has become larger than it may be.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const OUT = 'dist/web';
/** Bytes of JavaScript after gzip: what every page loads first, and what the largest of the other files may have. */
const LIMITS = { first: 250_000, page: 150_000 };

if (!existsSync('web/node_modules')) {
  process.stderr.write('The libraries of the dashboard are missing: run `npm ci` (or `npm ci --prefix web`).\n');
  process.exit(1);
}
const { status } = spawnSync('node_modules/.bin/vite', ['build', '--logLevel', 'warn'], { cwd: 'web', stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

const names = readdirSync(OUT, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(js|css|html|svg)$/.test(name));
const sizes = new Map(names.map((name) => {
  const data = readFileSync(`${OUT}/${name}`);
  const gzip = gzipSync(data, { level: 9 });
  writeFileSync(`${OUT}/${name}.gz`, gzip);
  writeFileSync(`${OUT}/${name}.br`, brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: data.length } }));
  return [name, gzip.length];
}));

const page = readFileSync(`${OUT}/index.html`, 'utf8');
const isFirst = (name) => name.endsWith('.js') && page.includes(name);
const first = [...sizes].filter(([name]) => isFirst(name)).reduce((sum, [, size]) => sum + size, 0);
const [largest, page_] = [...sizes].filter(([name]) => name.endsWith('.js') && !isFirst(name)).toSorted(([, a], [, b]) => b - a)[0] ?? ['none', 0];
process.stdout.write(`dashboard: first load ${first} B of ${LIMITS.first} after gzip, largest page ${page_} of ${LIMITS.page} (${largest})\n`);
if (first > LIMITS.first || page_ > LIMITS.page) {
  process.stderr.write('The dashboard has become too large.\n');
  process.exitCode = 1;
}
