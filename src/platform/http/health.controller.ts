import { Controller, Get } from '@nestjs/common';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { AppError } from '../../kernel/errors.js';
import { Config } from '../config.js';
import { WorkerRunner } from '../jobs/runner.js';
import { Public } from './access.js';

/** A database that has not answered by then does not serve anybody. */
const DATABASE_MS = 3_000;

const notReady = (code: string, message: string, cause?: unknown) => new AppError(code, message, 'unavailable', [], { cause });

/**
 * For whoever watches the process. `live` never asks another system: a database that is away would only get restarts on top. `ready` is about serving:
 * it fails while the process stops, while the database does not answer, and when the data folder, which the send journal needs, can not be written.
 */
@Controller('health')
export class HealthController {
  constructor(private readonly db: DataSource, private readonly runner: WorkerRunner, private readonly config: Config) {}

  /** The process answers. */
  @Public() @Get('live') live() {
    return { status: 'live' };
  }

  /** The process can serve. */
  @Public() @Get('ready') async ready() {
    if (this.runner.isStopping) throw notReady('service.stopping', 'The process is stopping.');
    const late = new AbortController();
    const answer = this.db.query('select 1').then(() => true, (cause: unknown) => { throw notReady('service.not-ready', 'The database does not answer.', cause); });
    try {
      const answered = await Promise.race([answer, sleep(DATABASE_MS, false, { signal: late.signal, ref: false })]);
      if (!answered) throw notReady('service.not-ready', `The database has not answered within ${DATABASE_MS / 1_000} seconds.`);
    } finally {
      late.abort();
      answer.catch(() => {});
    }
    await access(this.config.dataDir, constants.W_OK).catch((cause: unknown) => { throw notReady('service.no-journal', 'The data folder can not be written.', cause); });
    return { status: 'ready' };
  }
}
