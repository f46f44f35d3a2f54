import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config.js';

const DAY_MS = 86_400_000;

/** Where uploaded files wait. Processes that share imports must share this folder. */
@Injectable()
export class ImportFiles {
  private readonly folder: string;

  constructor(config: Config) {
    this.folder = join(config.dataDir, 'imports');
  }

  pathOf(id: string): string {
    return join(this.folder, `${id}.csv`);
  }

  async exists(id: string): Promise<boolean> {
    return (await stat(this.pathOf(id)).catch(() => null)) !== null;
  }

  /** Removes a file that nobody will read again; harmless when it is gone. */
  async remove(id: string): Promise<void> {
    await rm(this.pathOf(id), { force: true });
  }

  /** Removes what a killed process left: files of no open import that have not been touched for a day. */
  async sweep(open: ReadonlySet<string>, now: Date): Promise<number> {
    let removed = 0;
    for (const name of await readdir(this.folder).catch(() => [])) {
      const path = join(this.folder, name);
      const touched = await stat(path).catch(() => null);
      if (open.has(name.slice(0, 36)) || !touched || now.getTime() - touched.mtimeMs < DAY_MS) continue;
      await rm(path, { force: true });
      removed += 1;
    }
    return removed;
  }
}
