import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { Clock } from '../../../kernel/clock.js';
import { AllowAll } from '../../../platform/http/access.js';
import { DateTime } from '../../../platform/http/date-time.js';
import { instantAndId } from '../../../platform/http/instant-cursor.js';
import { pageOf, PageQuery } from '../../../platform/http/paging.js';
import { loadWorkspace } from '../../../platform/workspace.js';
import { ruleOf } from '../domain/rule-settings.js';
import { confirmationCounts, duePeople } from '../store/confirmations.store.js';

const Count = z.number().int();
const ConfirmationPage = z.object({
  on: z.boolean(), counts: z.object({ due: Count, overdue: Count, unreachable: Count, queued: Count, failed: Count }),
  items: z.array(z.object({ personId: Id, since: DateTime })), next: z.string().nullable(),
}).meta({ id: 'ConsentConfirmationPage' });

@ApiTags('Rules of sending')
@Controller('v1/consent-confirmations')
export class ConfirmationsController {
  constructor(private readonly db: DataSource, private readonly clock: Clock) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'Whose consent is to be confirmed (rule consent_confirmation), the longest waiting first, and counts of people' })
  @ApiOkResponse({ standardSchema: ConfirmationPage })
  async list(@Query({ schema: PageQuery }) { limit, after }: PageQuery) {
    const { on, parameters } = ruleOf(await loadWorkspace(this.db), 'consent_confirmation');
    const term = { now: this.clock.now(), ...parameters };
    const [counts, found] = await Promise.all([confirmationCounts(this.db, term), duePeople(this.db, term, { limit: limit + 1, after: instantAndId(after), reachable: false })]);
    return { on, counts, ...pageOf(found, limit, (last) => [last.since.toISOString(), last.personId]) };
  }
}
