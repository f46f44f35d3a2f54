import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Id, Key } from '../../contract/common.js';
import { DraftOverrideList, DraftOverrideView, OverrideRequest } from '../../contract/experiment-override.js';
import { PersonHandle } from '../../contract/people.js';
import { PersonIdPipe } from '../../people/http/person-id.pipe.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../platform/http/access.js';
import { DraftOverrides } from '../experiments/draft-overrides.service.js';

/** Versions given to people by hand on a draft. */
@ApiTags('Campaigns')
@Controller('v1/campaigns/:id/draft-overrides')
export class DraftOverridesController {
  constructor(private readonly overrides: DraftOverrides) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'People who will get a version by hand once the draft is published; they will be in no comparison' })
  @ApiOkResponse({ standardSchema: DraftOverrideList })
  async list(@Param('id', { schema: Id }) id: string) {
    return { items: await this.overrides.list(id) };
  }

  @Put(':step/:person') @Allow('marketer')
  @ApiOperation({ summary: 'Give a person a version of a step of the draft by hand: it holds once the draft is published, and keeps them out of the comparison for good' })
  @ApiOkResponse({ standardSchema: DraftOverrideView })
  put(@Param('id', { schema: Id }) id: string, @Param('step', { schema: Key }) step: string, @Param('person', { schema: PersonHandle, pipes: [PersonIdPipe] }) person: string, @Body({ schema: OverrideRequest }) { variant }: OverrideRequest, @CurrentActor() actor: Actor) {
    return this.overrides.put(id, step, person, variant, actor);
  }

  @Delete(':step/:person') @HttpCode(204) @Allow('marketer')
  @ApiOperation({ summary: 'Take it back before the draft is published' })
  @ApiNoContentResponse()
  drop(@Param('id', { schema: Id }) id: string, @Param('step', { schema: Key }) step: string, @Param('person', { schema: PersonHandle, pipes: [PersonIdPipe] }) person: string, @CurrentActor() actor: Actor) {
    return this.overrides.drop(id, step, person, actor);
  }
}
