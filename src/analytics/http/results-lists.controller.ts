import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CampaignTotalsList, ExperimentList, ExperimentsQuery, GoalList, GoalsQuery, TotalsQuery } from '../../contract/results-lists.js';
import { AllowAll } from '../../platform/http/access.js';
import { ResultsLists } from '../results-lists.service.js';

@ApiTags('Results')
@AllowAll()
@Controller('v1')
export class ResultsListsController {
  constructor(private readonly lists: ResultsLists) {}

  @Get('experiments')
  @ApiOperation({ summary: 'List tests of all campaigns, newest first, with what the last look at each said' })
  @ApiOkResponse({ standardSchema: ExperimentList })
  experiments(@Query({ schema: ExperimentsQuery }) query: ExperimentsQuery) {
    return this.lists.tests(query);
  }

  @Get('goals')
  @ApiOperation({ summary: 'List the primary goals of campaigns, newest first, with who was assigned and who reached them by message' })
  @ApiOkResponse({ standardSchema: GoalList })
  goals(@Query({ schema: GoalsQuery }) query: GoalsQuery) {
    return this.lists.goals(query);
  }

  @Get('campaign-totals')
  @ApiOperation({ summary: 'People in series, messages sent and the primary goal of several campaigns, for lists' })
  @ApiOkResponse({ standardSchema: CampaignTotalsList })
  totals(@Query({ schema: TotalsQuery }) { ids }: TotalsQuery) {
    return this.lists.totals(ids);
  }
}
