import { Controller, Get } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AppError } from '../../kernel/errors.js';
import { Public } from './access.js';

@Controller('health')
export class HealthController {
  constructor(private readonly db: DataSource) {}

  /** The process answers. */
  @Public() @Get('live') live() {
    return { status: 'live' };
  }

  /** The process can serve: its database answers. */
  @Public() @Get('ready') async ready() {
    await this.db.query('select 1').catch((cause: unknown) => {
      throw new AppError('service.not-ready', 'The database does not answer.', 'unavailable', [], { cause });
    });
    return { status: 'ready' };
  }
}
