import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ExperimentList, ExperimentsQuery, GoalList, GoalsQuery } from '../../contract/results-lists.js';
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
}
