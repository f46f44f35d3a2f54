import { Button, Group, Select } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DayField } from '../../ui/time-fields.tsx';

/** What was seen in a list so far, so that choosing one of it does not take away the others. */
export function useSeen(values: readonly string[]): string[] {
  const [seen, setSeen] = useState<string[]>([]);
  const missing = values.filter((value) => !seen.includes(value));
  if (missing.length > 0) setSeen([...seen, ...missing]);
  return missing.length > 0 ? [...seen, ...missing] : seen;
}

/** First and last day, both included. */
export function Days({ from, to, onChange }: { from: string | undefined; to: string | undefined; onChange(change: { from?: string | undefined; to?: string | undefined }): void }) {
  const { t } = useTranslation();
  return (
    <>
      <DayField label={t('results.filters.from')} value={from} {...(to ? { max: to } : {})} onChange={(day) => { onChange({ from: day }); }} />
      <DayField label={t('results.filters.to')} value={to} {...(from ? { min: from } : {})} onChange={(day) => { onChange({ to: day }); }} />
    </>
  );
}

interface Chosen { step?: string | undefined; from?: string | undefined; to?: string | undefined; language?: string | undefined }

/** Which part of a campaign is shown; all of it is in the address. */
export function Filters({ value, steps, nameOf, languages, onChange }: { value: Chosen; steps: string[]; nameOf(stepId: string): string; languages: string[]; onChange(change: Chosen): void }) {
  const { t, i18n } = useTranslation();
  const names = new Intl.DisplayNames(i18n.language, { type: 'language' });
  const isFiltered = Boolean(value.step ?? value.from ?? value.to ?? value.language);
  const known = (list: string[], one: string | undefined) => (one && !list.includes(one) ? [...list, one] : list);
  return (
    <Group gap="sm" align="flex-end" component="search">
      <Days from={value.from} to={value.to} onChange={onChange} />
      {known(steps, value.step).length > 1 && <Select label={t('results.filters.step')} placeholder={t('results.filters.all')} clearable value={value.step ?? null} data={known(steps, value.step).map((one) => ({ value: one, label: nameOf(one) }))} onChange={(step) => { onChange({ step: step ?? undefined }); }} w={170} />}
      {known(languages, value.language).length > 1 && <Select label={t('results.filters.language')} placeholder={t('results.filters.all')} clearable value={value.language ?? null} data={known(languages, value.language).map((one) => ({ value: one, label: names.of(one) ?? one }))} onChange={(language) => { onChange({ language: language ?? undefined }); }} w={170} />}
      {isFiltered && <Button variant="subtle" onClick={() => { onChange({ step: undefined, from: undefined, to: undefined, language: undefined }); }}>{t('state.clear')}</Button>}
    </Group>
  );
}
