import { ActionIcon, Combobox, Textarea, TextInput, useCombobox } from '@mantine/core';
import { useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconBraces } from '../../../ui/icons.ts';
import { findTags, tagText, useTags } from './tags.ts';
import { TagLine } from './tag-line.tsx';

interface Shown { label: string; value: string; onChange(value: string): void; description?: ReactNode; error?: ReactNode; placeholder?: string; maxLength: number; lines?: boolean; readOnly?: boolean }

/** What is typed after the last open braces before the caret; null outside braces. */
const asked = (text: string, caret: number): string | null => /\{\{ *([^{}\n]{0,60})$/.exec(text.slice(0, caret))?.[1] ?? null;

/** A plain text with fields in it: `{{` or the button offers them. Syllables under composition are left alone. */
export function TagInput({ label, value, onChange, description, error, placeholder, maxLength, lines = false, readOnly = false }: Shown) {
  const { t } = useTranslation();
  const tags = useTags();
  const combobox = useCombobox();
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const [query, setQuery] = useState<string | null>(null);
  const found = query === null ? [] : findTags(tags, query);

  const look = (composing = false) => {
    const field = input.current;
    const next = field && !composing ? asked(field.value, field.selectionStart ?? 0) : null;
    setQuery(next);
    if (next === null) combobox.closeDropdown();
    else { combobox.openDropdown(); combobox.selectFirstOption(); }
  };
  const caretTo = (at: number) => { requestAnimationFrame(() => { input.current?.focus(); input.current?.setSelectionRange(at, at); look(); }); };
  const open = () => {
    const at = input.current?.selectionStart ?? value.length;
    onChange(`${value.slice(0, at)}{{${value.slice(at)}`);
    caretTo(at + 2);
  };
  const pick = (path: string) => {
    const tag = found.find((one) => one.path === path);
    const caret = input.current?.selectionStart ?? value.length;
    const from = value.lastIndexOf('{{', caret - 1);
    if (!tag || from < 0) return;
    const text = tagText(tag);
    onChange(value.slice(0, from) + text + value.slice(caret).replace(/^ *\}\}/, ''));
    // Between the quotation marks, where what stands without a value is to be written.
    caretTo(from + (text.endsWith('""}}') ? text.length - 3 : text.length));
  };
  const props = {
    label, value, description, error, placeholder, maxLength, readOnly, ref: input,
    onChange: (event: { currentTarget: { value: string }; nativeEvent: Event }) => { onChange(event.currentTarget.value); look((event.nativeEvent as InputEvent).isComposing); },
    onCompositionEnd: () => { look(); }, onClick: () => { look(); }, onBlur: () => { combobox.closeDropdown(); },
    rightSection: readOnly ? null : <ActionIcon variant="subtle" color="gray" aria-label={t('messages.tags.insertInto', { label })} onMouseDown={(event) => { event.preventDefault(); }} onClick={open}><IconBraces size={16} aria-hidden /></ActionIcon>,
  };
  return (
    <Combobox store={combobox} onOptionSubmit={pick} withinPortal>
      <Combobox.Target withAriaAttributes={query !== null}>{lines ? <Textarea autosize minRows={2} {...props} /> : <TextInput {...props} />}</Combobox.Target>
      <Combobox.Dropdown hidden={query === null}>
        <Combobox.Options aria-label={t('messages.tags.title')}>
          {found.map((tag) => <Combobox.Option key={tag.path} value={tag.path}><TagLine tag={tag} /></Combobox.Option>)}
          {query !== null && found.length === 0 && <Combobox.Empty>{t('messages.tags.none')}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
