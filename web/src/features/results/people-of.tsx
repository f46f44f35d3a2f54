import { createContext, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../lib/format.ts';
import { TextLink } from '../../ui/links.tsx';
import type { PeopleNumber } from './people-numbers.ts';
import type { Filtered, PeopleSearch } from './results-search.ts';

/** The campaign whose numbers are shown, and the filter they were counted under. */
export const Counted = createContext<{ id: string; filter: Filtered }>({ id: '', filter: {} });

/** A number that opens the people behind it; nobody is behind 0. @param text what is written instead of the bare number */
export function PeopleOf({ value, number, of, text }: { value: number; number: PeopleNumber; of?: Omit<PeopleSearch, 'number' | 'from' | 'to' | 'language'>; text?: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { id, filter } = useContext(Counted);
  const shown = text ?? format.number(value);
  if (value === 0) return <>{shown}</>;
  return (
    <TextLink to="/campaigns/$id/results/people" params={{ id }} search={{ number, ...of, ...(number.startsWith('test_') ? {} : filter) }} inherit underline="always" aria-label={t('results.openPeople', { text: shown, what: t(`results.numbers.${number}`), variant: of?.variant ?? '' }).trim()}>
      {shown}
    </TextLink>
  );
}
