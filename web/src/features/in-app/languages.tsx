import { Button, Group, Menu, ScrollArea, Select, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useWorkspace } from '../../lib/workspace.ts';
import { IconPlus } from '../../ui/icons.ts';
import { withLanguage, withoutLanguage, type InAppContent } from './content.ts';

/** Those most written for; any other comes with a message made over the API. */
const OFFERED = ['en', 'ko', 'ja', 'zh-CN', 'zh-TW', 'vi', 'th', 'id', 'ms', 'hi', 'ar', 'he', 'tr', 'ru', 'uk', 'pl', 'de', 'fr', 'es', 'pt-BR', 'it', 'nl', 'sv'] as const;

/** A language in the language of the page. */
export function useLanguageName(): (tag: string) => string {
  const { i18n } = useTranslation();
  const names = new Intl.DisplayNames([i18n.language], { type: 'language' });
  return (tag) => names.of(tag) ?? tag;
}

export function AddLanguage({ value, onChange }: { value: InAppContent; onChange(value: InAppContent, added: string): void }) {
  const { t, i18n } = useTranslation();
  const nameOf = useLanguageName();
  const workspace = useWorkspace();
  // Nobody has said yet what it is written in: most likely what the workspace writes in.
  const own = value.language ?? workspace.data?.language ?? (i18n.language === 'ko' ? 'ko' : 'en');
  const left = OFFERED.filter((tag) => tag !== own && !(tag in (value.translations ?? {})));
  return (
    <Menu position="bottom-start">
      <Menu.Target><Button size="compact-xs" variant="subtle" mt={6} leftSection={<IconPlus size={14} aria-hidden />}>{t('inApp.languageAdd')}</Button></Menu.Target>
      <Menu.Dropdown><ScrollArea.Autosize mah={280} type="auto">{left.map((tag) => <Menu.Item key={tag} onClick={() => { onChange(withLanguage(value, own, tag), tag); }}>{nameOf(tag)}</Menu.Item>)}</ScrollArea.Autosize></Menu.Dropdown>
    </Menu>
  );
}

/** Which language these words are in, and what happens to those who read none of them. */
export function LanguageNote({ value, language, readOnly, onChange, onRemoved, error }: { value: InAppContent; language: string | null; readOnly: boolean; onChange(value: InAppContent): void; onRemoved(): void; error: string | undefined }) {
  const { t } = useTranslation();
  const nameOf = useLanguageName();
  if (language !== null) {
    return <Group justify="space-between" gap="xs"><Text size="sm" c="dimmed">{t('inApp.translationHint', { language: nameOf(language) })}</Text>{!readOnly && <Button size="compact-xs" variant="default" onClick={() => { onChange(withoutLanguage(value, language)); onRemoved(); }}>{t('inApp.languageRemove')}</Button>}</Group>;
  }
  if (value.language === undefined) return null;
  const taken = Object.keys(value.translations ?? {});
  return (
    <Group gap="sm" align="flex-end">
      <Select label={t('inApp.language')} w={180} allowDeselect={false} disabled={readOnly} value={value.language} error={error} data={[...new Set([value.language, ...OFFERED])].filter((tag) => !taken.includes(tag)).map((tag) => ({ value: tag, label: nameOf(tag) }))} onChange={(next) => { if (next) onChange({ ...value, language: next }); }} />
      <Select label={t('inApp.missing')} w={260} allowDeselect={false} disabled={readOnly} value={value.onMissingLanguage ?? 'fallback'} data={(['fallback', 'skip'] as const).map((one) => ({ value: one, label: t(`inApp.missings.${one}`) }))} onChange={(next) => { onChange({ ...value, onMissingLanguage: next as 'fallback' | 'skip' }); }} />
    </Group>
  );
}
