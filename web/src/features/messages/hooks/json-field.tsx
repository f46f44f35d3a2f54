import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

/** JSON as it is typed; told whenever it is an object. */
export function JsonField({ value, field, error, readOnly = false, onChange }: { value: object | undefined; field: string; error?: string | undefined; readOnly?: boolean; onChange(value: Record<string, unknown>): void }) {
  const { t } = useTranslation();
  const saved = JSON.stringify(value ?? {}, null, 2);
  const [text, setText] = useState(saved);
  const [seen, setSeen] = useState(saved);
  if (saved !== seen) {
    setSeen(saved);
    if (JSON.stringify(objectOf(text)) !== JSON.stringify(value ?? {})) setText(saved);
  }
  const change = (next: string) => {
    setText(next);
    const data = objectOf(next);
    if (data) onChange(data);
  };
  return <Textarea size="sm" label={t('hooks.data')} description={t('hooks.dataHint')} value={text} autosize minRows={3} maxRows={18} maxLength={100_000} readOnly={readOnly} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }} error={objectOf(text) === null ? t('hooks.badJson') : error} data-field={field} onChange={(event) => { change(event.currentTarget.value); }} />;
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
