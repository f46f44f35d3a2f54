import type { ConsentCondition } from '../../src/contract/segment-conditions.js';
import { TOPICS } from './segment-arbitraries-consent.js';
import type { Oracle } from './segment-oracle.js';

export const consentMatches: Oracle<ConsentCondition> = (leaf, person) => {
  const said = person.consents.get(`${leaf.channel}:${leaf.topic}`);
  if (leaf.state === 'unset') return said === undefined;
  if (leaf.state !== 'allowed') return said === leaf.state;
  const topic = TOPICS[leaf.topic as keyof typeof TOPICS];
  if (topic.kind === 'transactional') return true;
  return topic.optIn ? said === 'subscribed' : said !== 'unsubscribed';
};
