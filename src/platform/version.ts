import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the nearest package.json above this code: the same for `src/` and for `dist/`. */
export const ROOT: string = nearestPackage(dirname(fileURLToPath(import.meta.url)));

/** The release this code belongs to. */
export const VERSION: string = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;

function nearestPackage(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  if (dirname(folder) === folder) throw new Error('package.json is missing above the code');
  return nearestPackage(dirname(folder));
}
