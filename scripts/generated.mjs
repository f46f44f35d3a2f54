// A generated file that is checked in: written, or compared with --check.
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * @param {string} file     where it lies
 * @param {string} text     what it must hold
 * @param {string} command  what writes it anew
 */
export function finish(file, text, command) {
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text);
    process.stdout.write(`${file} written\n`);
    return;
  }
  let found = '';
  try {
    found = readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  if (found === text) return;
  const [is, should] = [found.split('\n'), text.split('\n')];
  const line = should.findIndex((wanted, index) => wanted !== is[index]);
  const at = line < 0 ? should.length : line;
  process.stderr.write(`${file} is not what the code says (line ${at + 1}: "${is[at] ?? ''}" should be "${should[at] ?? ''}"). Run \`${command}\` and commit it.\n`);
  process.exitCode = 1;
}
