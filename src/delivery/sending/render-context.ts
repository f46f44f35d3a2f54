import type { Workspace } from '../../platform/workspace.js';
import { RenderFailure, type CompiledMessage, type RenderContext } from '../content/compiled.js';
import { advertisingOf } from '../rules/domain/advertising.js';
import type { ClaimedDelivery, ClaimedPerson } from './store/claims.store.js';

/** What the templates of this delivery may say. Built-in fields win over attributes of the same name. */
export function contextOf(delivery: Pick<ClaimedDelivery, 'id' | 'personId' | 'event' | 'transactional'> & Partial<ClaimedDelivery>, person: ClaimedPerson, workspace: Workspace): RenderContext {
  const { externalId, email, timeZone, language, attributes } = person;
  return {
    person: { ...attributes, id: delivery.personId, externalId, email, timeZone, language },
    event: delivery.event,
    workspace: { name: workspace.name, timeZone: workspace.timeZone, language: workspace.language, senderContact: workspace.settings.senderContact },
    deliveryId: delivery.id,
    personId: delivery.personId,
    transactional: delivery.transactional,
    advertising: advertisingOf(workspace, { timeZone, language }, delivery.transactional),
  };
}

/** The compiled message if it is one for this channel. */
export function contentFor<K extends CompiledMessage['kind']>(kind: K, contents: ReadonlyMap<string, CompiledMessage>, id: string | null): Extract<CompiledMessage, { kind: K }> {
  const compiled = id === null ? undefined : contents.get(id);
  if (compiled?.kind !== kind) throw new RenderFailure('RENDER_ERROR', compiled ? `the content is ${compiled.kind}, not ${kind}` : 'there is no published content for this delivery');
  return compiled as Extract<CompiledMessage, { kind: K }>;
}
