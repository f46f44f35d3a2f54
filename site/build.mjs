// npm run docs: builds the documentation site into dist/docs, to be served by anything that serves files. `npm run docs -- --serve` shows it while it is written,
// `npm run docs -- --out FOLDER` builds it there.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { collect } from './collect.mjs';
import { ROOT } from './places.mjs';

const { values: { serve, out } } = parseArgs({ options: { serve: { type: 'boolean' }, out: { type: 'string' } } });
const here = join(ROOT, 'site');
const run = (command, args) => {
  const { status } = spawnSync(command, args, { cwd: here, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};
if (!existsSync(join(here, 'node_modules/vitepress'))) run('npm', ['ci', '--no-audit', '--no-fund']);
const pages = collect();
process.stdout.write(`${pages.length} pages\n`);
run(process.execPath, ['node_modules/vitepress/bin/vitepress.js', serve ? 'dev' : 'build', '.', ...(out ? ['--outDir', resolve(out)] : [])]);
