import type { ReturnNotice } from '../domain/notice.js';
import { ReviewNeeded, type ReturnReader } from '../readers.js';
import { parseBounded } from '../../../kernel/bounded-json.js';
import { isFields, type Fields } from './domain/fields.js';
import type { Provider } from './domain/provider.js';
import { readMailgun } from './domain/read-mailgun.js';
import { readPostmark } from './domain/read-postmark.js';
import { readSendgrid } from './domain/read-sendgrid.js';
import { readSes } from './domain/read-ses.js';

/** What is no JSON object was believed and kept, but only a person can tell what it is. */
const reader = (source: Provider, read: (event: Fields, receivedAt: Date) => ReturnNotice[]): ReturnReader => ({
  source,
  read: ({ body, receivedAt }) => {
    const json = parseBounded(body);
    if ('fault' in json) throw new ReviewNeeded(`The body ${json.fault}.`);
    if (!isFields(json.value)) throw new ReviewNeeded('The body is not an object.');
    return read(json.value, receivedAt);
  },
});

/** One reader a provider; the source of its reports is its name. */
export const PROVIDER_READERS: readonly ReturnReader[] = [reader('ses', readSes), reader('sendgrid', readSendgrid), reader('mailgun', readMailgun), reader('postmark', readPostmark)];
