import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Id } from '../../contract/common.js';
import { CampaignResults, ResultsQuery } from '../../contract/results.js';
import { AllowAll } from '../../platform/http/access.js';
import { ReportsService } from '../reports.service.js';

@ApiTags('Results')
@Controller('v1/campaigns')
export class ResultsController {
  constructor(private readonly reports: ReportsService) {}

  @AllowAll()
  @Get(':id/results')
  @ApiOperation({ summary: 'Results of a campaign by version, step and variant; they reconcile with the ledger' })
  @ApiOkResponse({ standardSchema: CampaignResults })
  results(@Param('id', { schema: Id }) id: string, @Query({ schema: ResultsQuery }) query: ResultsQuery): Promise<CampaignResults> {
    return this.reports.results(id, query);
  }
}
