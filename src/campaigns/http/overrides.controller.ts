import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Id } from '../../contract/common.js';
import { OverrideList, OverrideRequest, OverrideView } from '../../contract/experiment-override.js';
import { PersonHandle } from '../../contract/people.js';
import { PersonIdPipe } from '../../people/http/person-id.pipe.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../platform/http/access.js';
import { idAfter, pageOf, PageQuery } from '../../platform/http/paging.js';
import { Overrides } from '../experiments/overrides.service.js';

const OverrideQuery = PageQuery.extend({ open: z.enum(['true', 'false']).default('true').transform((given) => given === 'true').meta({ description: 'false: those taken back too' }) });

/** Arms of tests given to people by hand. */
@ApiTags('Campaigns')
@Controller('v1/experiments/:id/overrides')
export class OverridesController {
  constructor(private readonly overrides: Overrides) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'People who were given a version by hand to try it out, newest first; they are in no comparison' })
  @ApiOkResponse({ standardSchema: OverrideList })
  async list(@Param('id', { schema: Id }) id: string, @Query({ schema: OverrideQuery }) { open, after, limit }: z.infer<typeof OverrideQuery>) {
    return pageOf(await this.overrides.list(id, { open, before: idAfter(after), limit: limit + 1 }), limit, (last) => [last.id]);
  }

  @Put(':person') @Allow('marketer')
  @ApiOperation({ summary: 'Give a person a version by hand; they leave the comparison of this test for good' })
  @ApiOkResponse({ standardSchema: OverrideView })
  set(@Param('id', { schema: Id }) id: string, @Param('person', { schema: PersonHandle, pipes: [PersonIdPipe] }) person: string, @Body({ schema: OverrideRequest }) { variant }: OverrideRequest, @CurrentActor() actor: Actor) {
    return this.overrides.set(id, person, variant, actor);
  }

  @Delete(':person') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Take it back: the person gets what they had, or what is drawn for them; who came to the message meanwhile stays out of the comparison' })
  @ApiOkResponse({ standardSchema: OverrideView })
  undo(@Param('id', { schema: Id }) id: string, @Param('person', { schema: PersonHandle, pipes: [PersonIdPipe] }) person: string, @CurrentActor() actor: Actor) {
    return this.overrides.undo(id, person, actor);
  }
}
