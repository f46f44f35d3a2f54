import { TextInput, type TextInputProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { instantAt, wallAt } from '../lib/zones.ts';

/** The native field of a browser writes as the browser's language does; what is chosen is said below in the language of the page. */
type Field = Pick<TextInputProps, 'label' | 'aria-label' | 'size' | 'w' | 'maw' | 'min' | 'max' | 'error' | 'readOnly' | 'disabled' | 'withAsterisk'> & { 'data-field'?: string; /** Stands below as well. */ hint?: string };

const said = (...parts: (string | undefined)[]) => parts.filter(Boolean).join(' · ') || undefined;
const formatted = (language: string, options: Intl.DateTimeFormatOptions, wall: string) => (Number.isNaN(Date.parse(wall)) ? undefined : new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' }).format(new Date(wall)));

/** A calendar day, `2026-03-29`; empty is undefined. @param zone whose days are meant, where that is not said elsewhere */
export function DayField({ value, zone, hint, onChange, ...rest }: Field & { value?: string | undefined; zone?: string | undefined; onChange(day: string | undefined): void }) {
  const { i18n } = useTranslation();
  const day = value && formatted(i18n.language, { dateStyle: 'medium' }, `${value}T00:00:00Z`);
  return <TextInput type="date" value={value ?? ''} description={said(day, zone, hint)} {...rest} onChange={(event) => { onChange(event.currentTarget.value || undefined); }} />;
}

/** A time of day, `09:30`. Emptied it stays what it was, unless there may be none. @param zone whose clock is meant, in words or by name */
export function TimeField({ value, zone, hint, onChange, onEmpty, ...rest }: Field & { value?: string | undefined; zone?: string | undefined; onChange(time: string): void; onEmpty?(): void }) {
  const { i18n } = useTranslation();
  const time = value && formatted(i18n.language, { timeStyle: 'short' }, `2026-01-01T${value}:00Z`);
  return <TextInput type="time" value={value ?? ''} description={said(time, zone, hint)} {...rest} onChange={(event) => { const { value: next } = event.currentTarget; if (next === '') onEmpty?.(); else onChange(next.slice(0, 5)); }} />;
}

/** A moment as an instant, chosen by the clocks of a zone, which is named. */
export function MomentField({ value, zone, hint, onChange, ...rest }: Field & { value?: string | undefined; zone: string; onChange(instant: string | undefined): void }) {
  const { i18n } = useTranslation();
  const wall = value && wallAt(value, zone);
  const moment = wall && formatted(i18n.language, { dateStyle: 'medium', timeStyle: 'short' }, `${wall}:00Z`);
  return <TextInput type="datetime-local" value={wall ?? ''} description={said(moment, zone, hint)} {...rest} onChange={(event) => { const { value: next } = event.currentTarget; onChange(next === '' ? undefined : instantAt(next.slice(0, 16), zone)); }} />;
}
