import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { ArchivedList, ListAdded, ListInput, ListMemberPage, ListMembers, ListPage, ListPatch, ListRemoved, ListView } from '../../../contract/lists.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { PageQuery } from '../../../platform/http/paging.js';
import { Lists } from '../lists.service.js';
import type { ListRow } from '../store/lists.store.js';

@ApiTags('Lists')
@Controller('v1/lists')
export class ListsController {
  constructor(private readonly lists: Lists) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'List the lists, newest first' }) @ApiOkResponse({ standardSchema: ListPage })
  async list(@Query({ schema: PageQuery }) query: PageQuery) {
    const { items, next } = await this.lists.list(query);
    return { items: items.map(viewOf), next };
  }

  @Post() @Allow('marketer')
  @ApiOperation({ summary: 'Create a list' }) @ApiCreatedResponse({ standardSchema: ListView })
  async create(@Body({ schema: ListInput }) input: ListInput, @CurrentActor() actor: Actor) {
    return viewOf(await this.lists.create(input, actor));
  }

  @Get(':id') @AllowAll()
  @ApiOperation({ summary: 'Read a list with how many people are on it' }) @ApiOkResponse({ standardSchema: ListView })
  async read(@Param('id', { schema: Id }) id: string) {
    return viewOf(await this.lists.read(id));
  }

  @Patch(':id') @Allow('marketer')
  @ApiOperation({ summary: 'Rename or describe a list' }) @ApiOkResponse({ standardSchema: ListView })
  async change(@Param('id', { schema: Id }) id: string, @Body({ schema: ListPatch }) change: ListPatch, @CurrentActor() actor: Actor) {
    return viewOf(await this.lists.change(id, change, actor));
  }

  @Post(':id/archive') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Archive a list that no segment or running campaign names' }) @ApiOkResponse({ standardSchema: ArchivedList })
  async archive(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    await this.lists.archive(id, actor);
    return { id, state: 'archived' };
  }

  @Get(':id/members') @AllowAll()
  @ApiOperation({ summary: 'List who is on a list' }) @ApiOkResponse({ standardSchema: ListMemberPage })
  members(@Param('id', { schema: Id }) id: string, @Query({ schema: PageQuery }) query: PageQuery) {
    return this.lists.members(id, query);
  }

  @Post(':id/members') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Put people on a list, by id, external:ID, anonymous:ID or email:ADDRESS' }) @ApiOkResponse({ standardSchema: ListAdded })
  add(@Param('id', { schema: Id }) id: string, @Body({ schema: ListMembers }) { people }: z.infer<typeof ListMembers>, @CurrentActor() actor: Actor) {
    return this.lists.add(id, people, actor);
  }

  @Post(':id/members/remove') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Take people off a list' }) @ApiOkResponse({ standardSchema: ListRemoved })
  remove(@Param('id', { schema: Id }) id: string, @Body({ schema: ListMembers }) { people }: z.infer<typeof ListMembers>, @CurrentActor() actor: Actor) {
    return this.lists.remove(id, people, actor);
  }
}

function viewOf({ id, name, description, members, createdBy, createdAt, updatedAt }: ListRow): ListView {
  return { id, name, description, memberCount: members, createdBy, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
