import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LabelInput, LabelKey, LabelKind, LabelList, LabelView } from '../../../contract/labels.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { Labels } from '../labels.service.js';
import type { LabelKind as Kind, LabelRow } from '../store/labels.store.js';

@ApiTags('Labels')
@Controller('v1/labels')
export class LabelsController {
  constructor(private readonly labels: Labels) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'What colleagues call events and attributes, in both languages; 2,000 at most' }) @ApiOkResponse({ standardSchema: LabelList })
  async list() {
    return { items: (await this.labels.list()).map(viewOf) };
  }

  @Put(':kind/:key') @Allow('marketer')
  @ApiOperation({ summary: 'Name and describe an event or an attribute; its name in code stays as it is' }) @ApiOkResponse({ standardSchema: LabelView })
  async put(@Param('kind', { schema: LabelKind }) kind: Kind, @Param('key', { schema: LabelKey }) key: string, @Body({ schema: LabelInput }) input: LabelInput, @CurrentActor() actor: Actor) {
    return viewOf(await this.labels.put(kind, key, input, actor));
  }

  @Delete(':kind/:key') @Allow('marketer') @HttpCode(204)
  @ApiOperation({ summary: 'Take a label away' }) @ApiNoContentResponse()
  remove(@Param('kind', { schema: LabelKind }) kind: Kind, @Param('key', { schema: LabelKey }) key: string, @CurrentActor() actor: Actor) {
    return this.labels.remove(kind, key, actor);
  }
}

const viewOf = ({ updatedAt, ...label }: LabelRow): LabelView => ({ ...label, updatedAt: updatedAt.toISOString() });
