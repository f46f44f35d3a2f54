import { useQuery } from '@tanstack/react-query';
import { createContext, useContext, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { fieldTag } from '../../../../../src/contract/blocks-to-mjml.ts';
import { answer, api, type Api } from '../../../lib/api.ts';

/** A value that a message may say. `share`: of how many it is known, from 0 to 1; null where that has no meaning. */
export interface Tag { path: string; note: string | null; share: number | null }

const tagsOf = (all: Api<'MergeTags'>, korean: boolean): Tag[] => [
  ...all.people.tags.map(({ path, share }) => ({ path, share, note: null })),
  ...(all.event?.tags ?? []).map(({ path, share }) => ({ path, share, note: null })),
  ...all.builtIn.map(({ path, en, ko }) => ({ path, share: null, note: korean ? ko : en })),
];

/** The event whose properties a message may name. */
export const EventName = createContext<string | undefined>(undefined);

/** Everything that templates may say, best known first. */
export function useTags(): Tag[] {
  const event = useContext(EventName);
  const { i18n } = useTranslation();
  const { data } = useQuery({ queryKey: ['merge-tags', event ?? null], queryFn: () => answer(api.GET('/v1/messages/merge-tags', { params: { query: event ? { event } : {} } })), staleTime: 60_000 });
  return useMemo(() => (data ? tagsOf(data, i18n.language === 'ko') : []), [data, i18n.language]);
}

/** The event that will let somebody in has not happened: in a preview its values are shown by their names. */
export function useEventSample(): { person: Record<string, never>; event: Record<string, string> } | undefined {
  const event = useContext(EventName);
  const tags = useTags();
  return event === undefined ? undefined : { person: {}, event: Object.fromEntries(tags.filter(({ path }) => path.startsWith('event.')).map(({ path }) => [path.slice(6), path])) };
}

const SHOWN = 8;
/** Those whose name has these letters, names beginning with them first. Composed and precomposed Hangul are one. */
export function findTags(tags: readonly Tag[], query: string): Tag[] {
  const wanted = query.normalize('NFC').toLowerCase().trim();
  const rank = ({ path }: Tag) => {
    const name = path.toLowerCase();
    return name.startsWith(wanted) || name.slice(name.indexOf('.') + 1).startsWith(wanted) ? 0 : name.includes(wanted) ? 1 : 2;
  };
  return tags.map((tag) => ({ tag, at: rank(tag) })).filter(({ at }) => at < 2).toSorted((a, b) => a.at - b.at).slice(0, SHOWN).map(({ tag }) => tag);
}

/** Not everybody has it, so that the message needs to know what to say instead. */
export const needsFallback = ({ share }: Tag): boolean => share !== null && share < 1;
export const tagText = (tag: Tag): string => fieldTag({ field: tag.path, ...(needsFallback(tag) ? { default: '' } : {}) });
