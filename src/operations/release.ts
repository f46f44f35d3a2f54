import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { row, rows } from '../platform/database/db.js';
import { VERSION } from '../platform/version.js';

/** What runs: the release of this process, and the schema it works on. */
export interface Release {
  version: string;
  node: string;
  database: { version: string; applied: number; /** Known to this release and not applied: a newer process has not been started yet, or it failed. */ waiting: string[]; /** Applied by a newer release, which this process runs beside. */ unknown: string[]; last: string | null };
}

/** Which release runs on which schema. During an upgrade the two differ for a while. */
@Injectable()
export class ReleaseReader {
  constructor(private readonly db: DataSource) {}

  async read(): Promise<Release> {
    const applied = (await rows<{ name: string }>(this.db, 'select m.name from migration as m order by m.timestamp, m.id')).map(({ name }) => name);
    const known = this.db.migrations.map((migration) => migration.name ?? migration.constructor.name);
    const { version } = (await row<{ version: string }>(this.db, `select current_setting('server_version') as version`))!;
    return {
      version: VERSION, node: process.versions.node,
      database: { version, applied: applied.length, waiting: known.filter((name) => !applied.includes(name)), unknown: applied.filter((name) => !known.includes(name)), last: applied.at(-1) ?? null },
    };
  }
}
