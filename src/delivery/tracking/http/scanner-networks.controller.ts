import { Body, Controller, Get, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { decodeCursor, pageOf, PageQuery } from '../../../platform/http/paging.js';
import { ScannerNetworks } from '../scanner-networks.service.js';
import { ScannerListRequest, ScannerListOutcome, ScannerNetworkPage } from './schemas.js';

const NETWORK_KEY = z.tuple([z.union([z.cidrv4(), z.cidrv6()])]);

@ApiTags('Links')
@Controller('v1/scanner-networks')
export class ScannerNetworksController {
  constructor(private readonly networks: ScannerNetworks) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'List the networks of scanners and data centres, in the order of addresses' })
  @ApiOkResponse({ standardSchema: ScannerNetworkPage })
  async list(@Query({ schema: PageQuery }) { limit, after }: PageQuery) {
    const [network = null] = decodeCursor(after, NETWORK_KEY) ?? [];
    return pageOf(await this.networks.list({ limit: limit + 1, after: network }), limit, (last) => [last.network]);
  }

  @Put() @Allow('owner')
  @ApiOperation({ summary: 'Make the list of scanner networks what this text says: an address or network (CIDR) a line, remarks after #', description: 'Clicks from these networks get two points of the three that make a machine. Clicks of before keep their verdicts until they are reviewed (`POST /v1/verdict-reviews`). An empty text empties the list.' })
  @ApiOkResponse({ standardSchema: ScannerListOutcome })
  replace(@Body({ schema: ScannerListRequest }) { list }: z.infer<typeof ScannerListRequest>, @CurrentActor() actor: Actor) {
    return this.networks.replace(list, actor);
  }
}
