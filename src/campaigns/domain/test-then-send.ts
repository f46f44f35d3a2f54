import { BUCKETS } from '../../kernel/bucket.js';
import type { Duration } from '../../kernel/local-time.js';
import type { CampaignDefinition } from '../../contract/campaign.js';
import type { PublishedDefinition, PublishedExperiment } from './published.js';

/** A broadcast that goes to a share of its audience first. */
export interface PlannedTest {
  /** Basis points of the audience. */
  share: number;
  wait: Duration;
}

/** What a broadcast says of it; null for every other campaign. */
export function plannedTest(definition: CampaignDefinition): PlannedTest | null {
  const send = definition.type === 'broadcast' ? definition.message?.test?.send : undefined;
  return send ? { share: Math.round(send.share * BUCKETS), wait: send.wait } : null;
}

/** The same with the experiment whose arms the share gets. */
export function testThenSendOf({ definition, experiments }: Pick<PublishedDefinition, 'definition' | 'experiments'>): (PlannedTest & { experiment: PublishedExperiment }) | null {
  const planned = plannedTest(definition);
  const message = definition.type === 'broadcast' ? definition.message?.id : undefined;
  return planned && message !== undefined ? { ...planned, experiment: experiments[message]! } : null;
}
