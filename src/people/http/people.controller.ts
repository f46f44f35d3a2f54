import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Erasure, EventPage, HistoryPage, PersonHandle, PersonInput, PersonPage, PersonPatch, PersonView, Tag } from '../../contract/people.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../platform/http/access.js';
import { PageQuery } from '../../platform/http/paging.js';
import { People } from '../people.service.js';

const Filter = PageQuery.extend({
  email: z.string().max(254).optional(),
  externalId: z.string().max(256).optional(),
  anonymousId: z.string().max(256).optional(),
  tag: z.string().max(100).optional(),
  q: z.string().trim().min(1).max(200).optional().describe('Start of an e-mail address or external id, or a part of the name'),
});
const EventsQuery = PageQuery.extend({ name: z.string().max(200).optional() });
const AttributeKey = z.string().min(1).max(200);

@ApiTags('People')
@Controller('v1/people')
export class PeopleController {
  constructor(private readonly people: People) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'List people, newest first' }) @ApiOkResponse({ standardSchema: PersonPage })
  list(@Query({ schema: Filter }) { limit, after, ...filter }: z.infer<typeof Filter>) {
    return this.people.list(filter, { limit, after });
  }

  @Post() @Allow('marketer')
  @ApiOperation({ summary: 'Create a person; refused when an id already belongs to somebody' }) @ApiCreatedResponse({ standardSchema: PersonView })
  create(@Body({ schema: PersonInput }) input: PersonInput) {
    return this.people.create(input);
  }

  @Get(':id') @AllowAll()
  @ApiOperation({ summary: 'Read a person by id, external:ID, anonymous:ID or email:ADDRESS' }) @ApiOkResponse({ standardSchema: PersonView })
  read(@Param('id', { schema: PersonHandle }) id: string) {
    return this.people.read(id);
  }

  @Patch(':id') @Allow('marketer')
  @ApiOperation({ summary: 'Change attributes; null removes one' }) @ApiOkResponse({ standardSchema: PersonView })
  update(@Param('id', { schema: PersonHandle }) id: string, @Body({ schema: PersonPatch }) patch: PersonPatch) {
    return this.people.update(id, patch);
  }

  @Delete(':id') @Allow('marketer')
  @ApiOperation({ summary: 'Erase a person and everything known; answers what was removed' }) @ApiOkResponse({ standardSchema: Erasure })
  erase(@Param('id', { schema: PersonHandle }) id: string, @CurrentActor() actor: Actor | null) {
    return this.people.erase(id, actor);
  }

  @Put(':id/tags/:tag') @Allow('marketer')
  @ApiOperation({ summary: 'Give a person a tag' }) @ApiOkResponse({ standardSchema: PersonView })
  tag(@Param('id', { schema: PersonHandle }) id: string, @Param('tag', { schema: Tag }) tag: string) {
    return this.people.tag(id, tag);
  }

  @Delete(':id/tags/:tag') @Allow('marketer')
  @ApiOperation({ summary: 'Take a tag from a person' }) @ApiOkResponse({ standardSchema: PersonView })
  untag(@Param('id', { schema: PersonHandle }) id: string, @Param('tag', { schema: Tag }) tag: string) {
    return this.people.untag(id, tag);
  }

  @Get(':id/events') @AllowAll()
  @ApiOperation({ summary: 'What a person did, newest first' }) @ApiOkResponse({ standardSchema: EventPage })
  events(@Param('id', { schema: PersonHandle }) id: string, @Query({ schema: EventsQuery }) query: z.infer<typeof EventsQuery>) {
    return this.people.events(id, query);
  }

  @Get(':id/attributes/:key/history') @AllowAll()
  @ApiOperation({ summary: 'What was learned about one attribute and when, newest first' }) @ApiOkResponse({ standardSchema: HistoryPage })
  history(@Param('id', { schema: PersonHandle }) id: string, @Param('key', { schema: AttributeKey }) key: string, @Query({ schema: PageQuery }) query: PageQuery) {
    return this.people.history(id, key, query);
  }
}
