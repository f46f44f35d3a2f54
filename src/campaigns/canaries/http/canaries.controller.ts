import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { CanaryCheckList, CanaryCheckView, CanaryExpectation, CanaryList } from '../../../contract/canary.js';
import { Id } from '../../../contract/common.js';
import { PersonHandle } from '../../../contract/people.js';
import { PersonIdPipe } from '../../../people/http/person-id.pipe.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { decodeCursor, pageOf, PageQuery } from '../../../platform/http/paging.js';
import { Canaries } from '../canaries.service.js';

const ChecksQuery = PageQuery.extend({ personId: Id.optional(), campaignId: Id.optional(), noted: z.enum(['true', 'false']).default('false').transform((given) => given === 'true').meta({ description: 'Only with an open note' }) });
const KEY = z.tuple([z.uuid(), z.uuid()]);

/** People of the team who are asked about in every live campaign. */
@ApiTags('Canary people')
@Controller('v1')
export class CanariesController {
  constructor(private readonly canaries: Canaries) {}

  @Get('canaries') @AllowAll()
  @ApiOperation({ summary: 'People marked by the team who are asked about in every live campaign every ten minutes; what tests assign to them is in no comparison' })
  @ApiOkResponse({ standardSchema: CanaryList })
  list() {
    return this.canaries.list();
  }

  @Put('canaries/:person') @Allow('marketer')
  @ApiOperation({ summary: 'Mark a person as a canary' })
  @ApiOkResponse({ standardSchema: CanaryList })
  add(@Param('person', { schema: PersonHandle, pipes: [PersonIdPipe] }) person: string, @CurrentActor() actor: Actor) {
    return this.canaries.add(person, actor);
  }

  @Delete('canaries/:person') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Take a person off the list, with what was expected; assignments they got meanwhile stay out of comparisons' })
  @ApiOkResponse({ standardSchema: CanaryList })
  remove(@Param('person', { schema: PersonHandle, pipes: [PersonIdPipe] }) person: string, @CurrentActor() actor: Actor) {
    return this.canaries.remove(person, actor);
  }

  @Get('canary-checks') @AllowAll()
  @ApiOperation({ summary: 'What explain said of canaries in live campaigns, what is expected, and the note when it is otherwise' })
  @ApiOkResponse({ standardSchema: CanaryCheckList })
  async checks(@Query({ schema: ChecksQuery }) { personId, campaignId, noted, after, limit }: z.infer<typeof ChecksQuery>) {
    const [from, person] = decodeCursor(after, KEY) ?? [];
    const found = await this.canaries.checks({ personId: personId ?? null, campaignId: campaignId ?? null, noted, after: from && person ? { campaignId: from, personId: person } : null, limit: limit + 1 });
    return pageOf(found, limit, (last) => [last.campaignId, last.personId]);
  }

  @Put('campaigns/:id/canaries/:person') @Allow('marketer')
  @ApiOperation({ summary: 'Say what a canary must or must not get of a live campaign' })
  @ApiOkResponse({ standardSchema: CanaryCheckView })
  expect(@Param('id', { schema: Id }) id: string, @Param('person', { schema: PersonHandle, pipes: [PersonIdPipe] }) person: string, @Body({ schema: CanaryExpectation }) { expected }: CanaryExpectation, @CurrentActor() actor: Actor) {
    return this.canaries.expect(id, person, expected, actor);
  }

  @Post('canary-notes/:id/acknowledge') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Say that a note was seen: home no longer tells of it. One against an expectation closes when it is as expected' })
  @ApiOkResponse({ standardSchema: CanaryCheckView })
  acknowledge(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return this.canaries.acknowledge(id, actor);
  }
}
