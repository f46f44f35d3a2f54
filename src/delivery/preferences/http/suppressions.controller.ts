import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { CursorInstant, decodeCursor, PageQuery, pageOf } from '../../../platform/http/paging.js';
import { Suppressions } from '../suppressions.service.js';
import { SuppressionList, SuppressionRequest, SuppressionView } from './schemas.js';

const SuppressionQuery = PageQuery.extend({ address: z.string().max(254).optional() });
const ADDRESS_KEY = z.tuple([CursorInstant, z.string().regex(/^[0-9a-f]{1,128}$/)]);
const Which = z.string().min(3).max(254);

@ApiTags('Preferences')
@Controller('v1/suppressions')
export class SuppressionsController {
  constructor(private readonly suppressions: Suppressions) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'List suppressed addresses (as hashes), newest first, or ask for one address' })
  @ApiOkResponse({ standardSchema: SuppressionList })
  async list(@Query({ schema: SuppressionQuery }) { limit, after, address }: z.infer<typeof SuppressionQuery>) {
    const found = await this.suppressions.list({ limit: limit + 1, after: cursorOf(after), address });
    return pageOf(found, limit, (last) => [last.at.toISOString(), last.addressHash]);
  }

  @Post() @Allow('marketer')
  @ApiOperation({ summary: 'Suppress an e-mail address' })
  @ApiCreatedResponse({ standardSchema: SuppressionView })
  add(@Body({ schema: SuppressionRequest }) { address, detail }: z.infer<typeof SuppressionRequest>, @CurrentActor() actor: Actor) {
    return this.suppressions.add(address, detail, actor);
  }

  @Delete(':address') @Allow('marketer')
  @ApiOperation({ summary: 'Lift the suppression of an e-mail address, given itself or as the hash of the list' })
  @ApiOkResponse({ standardSchema: SuppressionView })
  remove(@Param('address', { schema: Which }) address: string, @CurrentActor() actor: Actor) {
    return this.suppressions.remove(address, actor);
  }
}

function cursorOf(after: string | undefined): { at: string; addressHash: string } | null {
  const parts = decodeCursor(after, ADDRESS_KEY);
  return parts && { at: parts[0], addressHash: parts[1] };
}
