import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Id } from '../../../contract/common.js';
import { ExperimentEvaluationList, ExperimentResult } from '../../../contract/experiment.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { idAfter, pageOf, PageQuery } from '../../../platform/http/paging.js';
import { Verdicts } from '../verdicts.service.js';

@ApiTags('Experiments')
@Controller('v1/experiments')
export class ExperimentsController {
  constructor(private readonly verdicts: Verdicts) {}

  @Get(':id')
  @AllowAll()
  @ApiOperation({ summary: 'Read an experiment: its plan, what was counted, and the verdict in a sentence' })
  @ApiOkResponse({ standardSchema: ExperimentResult })
  one(@Param('id', { schema: Id }) id: string): Promise<ExperimentResult> {
    return this.verdicts.one(id);
  }

  @Get(':id/evaluations')
  @AllowAll()
  @ApiOperation({ summary: 'List the looks at an experiment, newest first, each with what it was computed from' })
  @ApiOkResponse({ standardSchema: ExperimentEvaluationList })
  async evaluations(@Param('id', { schema: Id }) id: string, @Query({ schema: PageQuery }) { after, limit }: PageQuery) {
    return pageOf(await this.verdicts.evaluations(id, limit, idAfter(after)), limit, (last) => [last.id]);
  }

  @Post(':id/extend')
  @HttpCode(200)
  @Allow('marketer')
  @ApiOperation({ summary: 'Go on after a read-out that named no winner; from then on only the budget for early looks applies' })
  @ApiOkResponse({ standardSchema: ExperimentResult })
  extend(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor): Promise<ExperimentResult> {
    return this.verdicts.extend(id, actor);
  }
}
