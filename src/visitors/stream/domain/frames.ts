import type { StreamData, StreamFrame } from '../../../contract/visitor-wire.js';

interface Row { personId: string | null; kind: 'message' | 'gone' | 'unread' | 'rules'; ref: string | null }

/** What a connection may be told: messages are for those who may read them, changed rules for everybody. */
export interface Told { reads: boolean }

/** Whether the news changes the number of unread messages. */
export const changesUnread = ({ kind }: Pick<Row, 'kind'>): boolean => kind !== 'rules';

/** The frames that one person's news becomes: messages in their order, then the number unread and changed rules, once each. */
export function framesOf(news: readonly Row[], { reads }: Told, unread: number | undefined): StreamFrame[] {
  const frames: StreamFrame[] = [];
  if (reads) {
    for (const { kind, ref } of news) {
      if (kind === 'message' && ref !== null) frames.push({ d: ref });
      if (kind === 'gone' && ref !== null) frames.push({ x: ref });
    }
    if (unread !== undefined && news.some(changesUnread)) frames.push({ n: unread });
  }
  if (news.some(({ kind }) => kind === 'rules')) frames.push({ r: 1 });
  return frames;
}

/**
 * Frames as they go over the wire; none is a sign of life. Only the last says that everything up to `after` was told, so that a
 * connection cut in the middle asks again for the whole.
 */
export function eventText(frames: readonly StreamFrame[], after: string): string {
  const told: readonly StreamData[] = frames.length > 0 ? frames : [0];
  return told.map((one, index) => `${index === told.length - 1 ? `id: ${after}\n` : ''}data: ${JSON.stringify(one)}\n\n`).join('');
}

/** The last word of a process that ends, to pages and to clients that come back by themselves. */
export const goodbye = (retryMs: number): string => `retry: ${retryMs}\ndata: ${JSON.stringify({ w: retryMs } satisfies StreamData)}\n\n`;
