import { ActionIcon, Menu, ScrollArea, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../lib/api.ts';
import { useFormat } from '../lib/format.ts';
import { IconBraces } from './icons.ts';

interface Field { tag: string; note: string }

/** What a template may say, looked for when the menu is first opened. A value that somebody may lack comes with words to say instead. */
function useFields(wanted: boolean, fallback: string): Field[] | undefined {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const tags = useQuery({ queryKey: ['merge-tags'], queryFn: () => answer(api.GET('/v1/messages/merge-tags', { params: { query: {} } })), enabled: wanted, staleTime: 60_000 });
  if (!tags.data) return undefined;
  const { people, builtIn } = tags.data;
  return [
    ...people.tags.map(({ path, share }) => ({ tag: `{{default ${path} "${fallback}"}}`, note: share === null ? path : t('tagField.share', { path, share: format.percent(share, 1) }) })),
    ...builtIn.filter(({ path }) => path.startsWith('workspace.')).map(({ tag, en, ko }) => ({ tag, note: i18n.language === 'ko' ? ko : en })),
  ];
}

interface Given { label: string; value: string; onChange(value: string): void; lines?: number; maxLength?: number; error?: string | undefined; description?: string | undefined; placeholder?: string; readOnly?: boolean; monospace?: boolean; withAsterisk?: boolean }

/** A text with a menu of fields, which are put where the cursor is. */
export function TagField({ label, value, onChange, lines = 1, monospace = false, ...rest }: Given) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const place = useRef<[number, number] | null>(null);
  const select = useRef<[number, number] | null>(null);
  const [opened, setOpened] = useState(false);
  const [wanted, setWanted] = useState(false);
  const fallback = t('tagField.fallback');
  const fields = useFields(wanted, fallback);
  // After every change, because the new text has to stand in the field before its place can be chosen.
  useLayoutEffect(() => {
    if (!select.current || !input.current) return;
    input.current.focus();
    input.current.setSelectionRange(...select.current);
    select.current = null;
  });
  const remember = () => { if (input.current) place.current = [input.current.selectionStart ?? value.length, input.current.selectionEnd ?? value.length]; };
  const insert = (tag: string) => {
    const [from, to] = place.current ?? [value.length, value.length];
    const words = tag.indexOf(`"${fallback}"`);
    // The words to say instead are chosen, so that whoever types goes on with them.
    select.current = words < 0 ? [from + tag.length, from + tag.length] : [from + words + 1, from + words + 1 + fallback.length];
    onChange(value.slice(0, from) + tag + value.slice(to));
  };
  const menu = (
    <Menu opened={opened} onChange={(next) => { setOpened(next); if (next) setWanted(true); }} position="bottom-end" returnFocus={false} withinPortal>
      <Menu.Target><ActionIcon variant="subtle" color="gray" size="md" disabled={rest.readOnly} aria-label={t('tagField.insert', { label })} title={t('tagField.insert', { label })}><IconBraces size={16} aria-hidden /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <ScrollArea.Autosize mah={280} type="auto">
          {fields?.map(({ tag, note }) => <Menu.Item key={tag} onClick={() => { insert(tag); }}><Text size="sm">{note}</Text></Menu.Item>) ?? <Menu.Label>{t('state.loading')}</Menu.Label>}
        </ScrollArea.Autosize>
      </Menu.Dropdown>
    </Menu>
  );
  const shared = {
    label, value, rightSection: menu, ref: input, onSelect: remember, onBlur: remember, ...rest, styles: monospace ? { input: { fontFamily: 'var(--mantine-font-family-monospace)' } } : {},
    onChange: (event: { currentTarget: { value: string } }) => { onChange(event.currentTarget.value); },
  };
  return lines === 1 ? <TextInput {...shared} /> : <Textarea {...shared} autosize minRows={lines} maxRows={18} rightSectionProps={{ style: { alignItems: 'flex-start', paddingTop: 4 } }} />;
}
