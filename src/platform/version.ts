import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The release this code belongs to, from the nearest package.json above (beside `src/` as beside `dist/`). */
export const VERSION: string = nearestVersion(dirname(fileURLToPath(import.meta.url)));

function nearestVersion(folder: string): string {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
  } catch (error) {
    if (dirname(folder) === folder) throw new Error('package.json is missing above the code', { cause: error });
    return nearestVersion(dirname(folder));
  }
}
