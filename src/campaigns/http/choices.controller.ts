import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Id } from '../../contract/common.js';
import { ChoiceRequest, DropRequest, ExperimentSteering, SteeringAnswer, TestThenSendView } from '../../contract/experiment-choice.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../platform/http/access.js';
import { Choices } from '../experiments/choices.service.js';
import { TestsThenSend } from '../experiments/tests-then-send.service.js';

/** What is done with what a test has shown. */
@ApiTags('Campaigns')
@Controller('v1')
export class ChoicesController {
  constructor(private readonly choices: Choices, private readonly tests: TestsThenSend) {}

  @Get('experiments/:id/choice') @AllowAll()
  @ApiOperation({ summary: 'The arm that new people get, since when, by whom and with what claim; its history' })
  @ApiOkResponse({ standardSchema: ExperimentSteering })
  view(@Param('id', { schema: Id }) id: string) {
    return this.choices.view(id);
  }

  @Post('experiments/:id/choice') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Give one arm to everybody new, or to the rest of a broadcast; without "confirm" it only says whom that concerns' })
  @ApiOkResponse({ standardSchema: SteeringAnswer })
  choose(@Param('id', { schema: Id }) id: string, @Body({ schema: ChoiceRequest }) request: ChoiceRequest, @CurrentActor() actor: Actor) {
    return this.choices.choose(id, request, actor);
  }

  @Delete('experiments/:id/choice') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Split new people by the arms again' })
  @ApiOkResponse({ standardSchema: ExperimentSteering })
  undo(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return this.choices.undo(id, actor);
  }

  @Post('experiments/:id/drop') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Give the buckets of a beaten arm to the others in proportion, for good; without "confirm" it only says whom that concerns' })
  @ApiOkResponse({ standardSchema: SteeringAnswer })
  drop(@Param('id', { schema: Id }) id: string, @Body({ schema: DropRequest }) request: DropRequest, @CurrentActor() actor: Actor) {
    return this.choices.drop(id, request, actor);
  }

  @Get('campaigns/:id/test-then-send') @AllowAll()
  @ApiOperation({ summary: 'Where a broadcast that goes to a share first stands: people in the test and the rest, when the rest goes, and what keeps it waiting' })
  @ApiOkResponse({ standardSchema: TestThenSendView })
  test(@Param('id', { schema: Id }) id: string) {
    return this.tests.view(id);
  }
}
