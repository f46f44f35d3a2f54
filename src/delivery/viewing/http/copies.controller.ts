import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { notFound } from '../../../kernel/errors.js';
import { AllowAll } from '../../../platform/http/access.js';
import type { RenderedInApp } from '../../content/compiled.js';
import { DisplayView } from '../../content/http/schemas.js';
import { displayMessage } from '../../content/display-message.js';
import { layOut } from '../../content/display-layout.js';
import { findDelivery } from '../../sending/store/delivery-reads.store.js';
import { loadInApp } from '../store/viewed.store.js';
import { ViewedMessages } from '../viewed-messages.service.js';

/** `none` says why there is nothing to look at: it never left, it is a control's ghost, its person or content is gone, or nothing is kept of this channel. */
const Copy = z.object({
  email: z.object({ subject: z.string(), preheader: z.string(), html: z.string(), text: z.string() }).nullable(),
  display: DisplayView.nullable(),
  asOf: z.enum(['sending', 'now']).nullable().meta({ description: 'Of an e-mail: made of the person as known when it was sent, or as of now' }),
  none: z.enum(['not_sent', 'control', 'gone', 'not_kept']).nullable(),
}).meta({ id: 'DeliveryCopy' });
type Copy = z.infer<typeof Copy>;

const NOTHING: Copy = { email: null, display: null, asOf: null, none: null };
const LEFT = ['sending', 'sent', 'delivered', 'bounced', 'uncertain', 'recalled'];

/** Deliveries as their reader saw them. */
@ApiTags('Deliveries')
@Controller('v1/deliveries')
export class CopiesController {
  constructor(private readonly db: DataSource, private readonly messages: ViewedMessages) {}

  @Get(':id/copy') @AllowAll()
  @ApiOperation({ summary: 'What one delivery said to its person; its links count nothing' })
  @ApiOkResponse({ standardSchema: Copy })
  async copy(@Param('id', { schema: Id }) id: string): Promise<Copy> {
    const delivery = await findDelivery(this.db, id);
    if (!delivery) throw notFound('delivery', id);
    if (delivery.isControl) return { ...NOTHING, none: 'control' };
    if (delivery.channel === 'in_app') {
      const content = await loadInApp(this.db, id, delivery.personId);
      return content ? { ...NOTHING, display: shown(content) } : { ...NOTHING, none: LEFT.includes(delivery.state) ? 'gone' : 'not_sent' };
    }
    if (!LEFT.includes(delivery.state)) return { ...NOTHING, none: 'not_sent' };
    if (delivery.channel !== 'email') return { ...NOTHING, none: 'not_kept' };
    const again = await this.messages.copy(id, delivery.personId);
    if (!again) return { ...NOTHING, none: 'gone' };
    const { subject, preheader, html, text } = again.email;
    return { ...NOTHING, email: { subject, preheader, html, text }, asOf: again.asOf };
  }
}

const shown = (content: RenderedInApp): Copy['display'] => layOut(displayMessage(content)) as unknown as Copy['display'];
