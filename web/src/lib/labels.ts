import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from './api.ts';

export type LabelKind = Api<'Label'>['kind'];

/** What colleagues call events and attributes, in the language of the page; where it has no name, the other language's. */
export function useLabels() {
  const { i18n } = useTranslation();
  const found = useQuery({ queryKey: ['labels'], queryFn: () => answer(api.GET('/v1/labels')), staleTime: 60_000 });
  const items = found.data?.items;
  return useMemo(() => {
    const all = new Map((items ?? []).map((label) => [`${label.kind}:${label.key}`, label]));
    const find = (kind: LabelKind, key: string) => all.get(`${kind}:${key}`);
    /** The label, or null when there is none but the name in code. */
    const labelOf = (kind: LabelKind, key: string): string | null => {
      const label = find(kind, key);
      return label ? (i18n.language === 'ko' ? label.ko || label.en : label.en || label.ko) || null : null;
    };
    /** In a sentence: the label, else the name in code. */
    const said = (kind: LabelKind, key: string): string => labelOf(kind, key) ?? key;
    return { find, labelOf, said };
  }, [items, i18n.language]);
}
