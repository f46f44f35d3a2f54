import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Id } from '../../contract/common.js';
import { CampaignResults, ResultsQuery } from '../../contract/results.js';
import { ResultsPeople, ResultsPeopleQuery } from '../../contract/results-people.js';
import { AllowAll } from '../../platform/http/access.js';
import { PeopleBehind } from '../people-behind.service.js';
import { ReportsService } from '../reports.service.js';

@ApiTags('Results')
@Controller('v1/campaigns')
export class ResultsController {
  constructor(private readonly reports: ReportsService, private readonly behind: PeopleBehind) {}

  @AllowAll()
  @Get(':id/results')
  @ApiOperation({ summary: 'Results of a campaign by version, step and variant; they reconcile with the ledger' })
  @ApiOkResponse({ standardSchema: CampaignResults })
  results(@Param('id', { schema: Id }) id: string, @Query({ schema: ResultsQuery }) query: ResultsQuery): Promise<CampaignResults> {
    return this.reports.results(id, query);
  }

  @AllowAll()
  @Get(':id/results/people')
  @ApiOperation({ summary: 'The people behind a number of the results: who clicked, who unsubscribed, whom a reason stopped' })
  @ApiOkResponse({ standardSchema: ResultsPeople })
  people(@Param('id', { schema: Id }) id: string, @Query({ schema: ResultsPeopleQuery }) query: ResultsPeopleQuery): Promise<ResultsPeople> {
    return this.behind.list(id, query);
  }
}
