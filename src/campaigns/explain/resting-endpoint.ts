import { endpointRests } from '../../delivery/hooks/store/endpoints.store.js';
import type { Db } from '../../platform/database/db.js';
import type { MessageStep } from '../domain/arms.js';
import type { RestingEndpoint } from '../domain/sentences.js';

/**
 * The endpoint of a webhook or notice to a chat, when nothing is sent to it now. Null when it takes messages, and for other channels.
 *
 * @param variant the one the person has; the first one when null
 */
export async function restingEndpoint(db: Db, step: MessageStep, variant: string | null, now: Date): Promise<RestingEndpoint | null> {
  const chosen = step.variants.find(({ key }) => key === variant) ?? step.variants[0];
  return chosen && 'endpointId' in chosen.content ? endpointRests(db, chosen.content.endpointId, now) : null;
}
