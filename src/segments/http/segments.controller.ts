import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Id } from '../../contract/common.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../platform/http/access.js';
import { idAfter, pageOf } from '../../platform/http/paging.js';
import { BUILT_IN_KEYS } from '../domain/operands.js';
import { OPERATORS } from '../domain/operators.js';
import { SegmentsService, type SegmentView as Found } from '../segments.service.js';
import { ArchivedView, CancelView, NewSegment, OperatorList, SegmentList, SegmentPatch, SegmentReplacement, SegmentsQuery, SegmentUses, SegmentView } from './schemas.js';

@ApiTags('Segments')
@Controller('v1/segments')
export class SegmentsController {
  constructor(private readonly segments: SegmentsService) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'List segments, newest first' })
  @ApiOkResponse({ standardSchema: SegmentList })
  async list(@Query({ schema: SegmentsQuery }) { after, limit, q }: z.infer<typeof SegmentsQuery>) {
    const page = pageOf(await this.segments.list({ after: idAfter(after), limit: limit + 1, q }), limit, (last) => [last.id]);
    return { ...page, items: page.items.map(viewOf) };
  }

  @Post() @Allow('marketer')
  @ApiOperation({ summary: 'Create a segment; its members are collected in the background' })
  @ApiCreatedResponse({ standardSchema: SegmentView })
  async create(@Body({ schema: NewSegment }) segment: z.infer<typeof NewSegment>, @CurrentActor() actor: Actor) {
    return viewOf(await this.segments.create(segment, actor));
  }

  @Get('operators') @AllowAll()
  @ApiOperation({ summary: 'The operators of conditions, with labels and null rules, for forms' })
  @ApiOkResponse({ standardSchema: OperatorList })
  operators() {
    return { items: OPERATORS.map(({ key, group, value, missing, relative, label }) => ({ key, group, value, missing, relative, label })), builtInAttributes: BUILT_IN_KEYS };
  }

  @Get(':id') @AllowAll()
  @ApiOperation({ summary: 'Read one segment with its sentence, member count and build progress' })
  @ApiOkResponse({ standardSchema: SegmentView })
  async load(@Param('id', { schema: Id }) id: string) {
    return viewOf(await this.segments.load(id));
  }

  @Put(':id') @Allow('marketer')
  @ApiOperation({ summary: 'Replace a segment, given the revision that was read' })
  @ApiOkResponse({ standardSchema: SegmentView })
  async replace(@Param('id', { schema: Id }) id: string, @Body({ schema: SegmentReplacement }) edit: z.infer<typeof SegmentReplacement>, @CurrentActor() actor: Actor) {
    return viewOf(await this.segments.edit(id, edit, actor));
  }

  @Patch(':id') @Allow('marketer')
  @ApiOperation({ summary: 'Change parts of a segment, given the revision that was read' })
  @ApiOkResponse({ standardSchema: SegmentView })
  async edit(@Param('id', { schema: Id }) id: string, @Body({ schema: SegmentPatch }) edit: z.infer<typeof SegmentPatch>, @CurrentActor() actor: Actor) {
    return viewOf(await this.segments.edit(id, edit, actor));
  }

  @Get(':id/uses') @AllowAll()
  @ApiOperation({ summary: 'The campaigns in progress and the segments that name this one' })
  @ApiOkResponse({ standardSchema: SegmentUses })
  async uses(@Param('id', { schema: Id }) id: string) {
    return { items: await this.segments.usesOf(id) };
  }

  @Delete(':id/build') @Allow('marketer')
  @ApiOperation({ summary: 'Cancel a build: an edit is undone, a segment that never was live is removed' })
  @ApiOkResponse({ standardSchema: CancelView })
  async cancel(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    const left = await this.segments.cancelBuild(id, actor);
    return { segment: left && viewOf(left) };
  }

  @Post(':id/archive') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Archive a segment that no other one names' })
  @ApiOkResponse({ standardSchema: ArchivedView })
  async archive(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    await this.segments.archive(id, actor);
    return { id, state: 'archived' };
  }
}

function viewOf(segment: Found): z.infer<typeof SegmentView> {
  const { id, name, description, definition, sentence, revision, state, problem, members, createdBy, updatedBy } = segment;
  const progress = segment.building ? { done: segment.peopleDone ?? 0, total: segment.peopleTotal } : null;
  return { id, name, description, definition, sentence, revision, state, progress, problem, memberCount: members, createdBy, updatedBy, createdAt: segment.createdAt.toISOString(), updatedAt: segment.updatedAt.toISOString() };
}
