import { hash } from 'node:crypto';
import type { BoundedJson } from '../../../../kernel/bounded-json.js';
import { fieldsAt, isFields, textAt } from './fields.js';
import type { Provider } from './provider.js';

/** One report to be kept: its bytes as they came and what makes it the same report when it comes again. */
export interface Filing {
  key: string;
  body: Buffer;
}

/** Batches of more are kept whole for a person to look at; SendGrid's own are of about a thousand. */
const MAX_BATCH = 10_000;

/**
 * What of a believed request is kept. A batch becomes its events, so that one that nobody understands does not hold up the
 * others. What has no event id is known by its bytes.
 */
export function filingsOf(provider: Provider, body: Buffer, json: BoundedJson): Filing[] {
  if ('fault' in json) return [{ key: keyOf('', body), body }];
  if (provider === 'sendgrid' && json.elements && Array.isArray(json.value) && json.elements.length <= MAX_BATCH) {
    const events = json.value;
    return json.elements.map((bytes, index) => ({ key: keyOf(eventId(provider, events[index]), bytes), body: bytes }));
  }
  return [{ key: keyOf(eventId(provider, json.value), body), body }];
}

const keyOf = (id: string, body: Buffer): string => (/^[\x21-\x7e]{1,200}$/.test(id) ? id : `sha256:${hash('sha256', body, 'hex')}`);

/** The name the provider gave to this event; empty when it has none. */
function eventId(provider: Provider, event: unknown): string {
  if (!isFields(event)) return '';
  if (provider === 'ses') return textAt(event, 'MessageId');
  if (provider === 'sendgrid') return textAt(event, 'sg_event_id');
  if (provider === 'mailgun') return textAt(fieldsAt(event, 'event-data'), 'id');
  // A change of subscription names no message, or one that had several.
  const type = textAt(event, 'RecordType');
  const id = textAt(event, 'ID') || textAt(event, 'MessageID');
  return type === 'SubscriptionChange' || type === '' || id === '' ? '' : `${type}:${id}`;
}
