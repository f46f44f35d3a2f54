import { Injectable } from '@nestjs/common';
import { Approvals } from '../lifecycle/approvals.service.js';
import { CampaignMessages } from '../campaign-messages.service.js';
import { CampaignCheck } from '../publishing/check.service.js';

/** What is asked about the campaign that tells. */
@Injectable()
export class ShippingQuestions {
  constructor(readonly approvals: Approvals, readonly checks: CampaignCheck, readonly messages: CampaignMessages) {}
}
