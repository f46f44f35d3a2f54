import { Button, Group, Modal, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmButton } from '../../../ui/confirm.tsx';
import { IconPlus } from '../../../ui/icons.ts';
import { OFFERED, useLanguageName } from '../languages.ts';
import { addLanguage, isOwn, languagesOf, removeLanguage, type EmailContent } from './content.ts';

interface Bar { content: EmailContent; language: string | undefined; onLanguage(language: string | undefined): void; onChange(content: EmailContent): void; readOnly: boolean }

/** In which languages the message is written, and which of them is open. */
export function LanguageBar({ content, language, onLanguage, onChange, readOnly }: Bar) {
  const { t } = useTranslation();
  const nameOf = useLanguageName();
  const written = languagesOf(content);
  const own = isOwn(content, language);
  const remove = () => { onChange(removeLanguage(content, language!)); onLanguage(undefined); return Promise.resolve(); };
  return (
    <Group gap="sm" align="center">
      {written.length > 1 && <SegmentedControl size="xs" aria-label={t('messages.languages.title')} value={own ? content.language! : language!} data={written.map((value) => ({ value, label: nameOf(value) }))} onChange={(next) => { onLanguage(next === content.language ? undefined : next); }} />}
      {!readOnly && <AddLanguage content={content} onAdd={(next, added) => { onChange(next); onLanguage(added); }} />}
      {!readOnly && !own && <ConfirmButton title={t('messages.languages.removeTitle', { language: nameOf(language!) })} action={t('messages.languages.remove')} typed={null} onConfirm={remove}>{t('messages.languages.removeHint')}</ConfirmButton>}
      {written.length > 1 && (
        <Select size="xs" w={230} aria-label={t('messages.languages.otherwise')} readOnly={readOnly} allowDeselect={false} value={content.onMissingLanguage ?? 'fallback'} data={(['fallback', 'skip'] as const).map((value) => ({ value, label: t(`messages.languages.${value}`, { language: nameOf(content.language!) }) }))} onChange={(value) => { onChange({ ...content, onMissingLanguage: value as 'fallback' | 'skip' }); }} />
      )}
    </Group>
  );
}

function AddLanguage({ content, onAdd }: { content: EmailContent; onAdd(content: EmailContent, added: string): void }) {
  const { t, i18n } = useTranslation();
  const nameOf = useLanguageName();
  const [opened, setOpened] = useState(false);
  const [own, setOwn] = useState<string | null>(content.language ?? i18n.language);
  const [added, setAdded] = useState<string | null>(null);
  const data = OFFERED.map((value) => ({ value, label: nameOf(value) }));
  const choices = data.filter(({ value }) => value !== own && !languagesOf(content).includes(value));
  const add = () => {
    if (own === null || added === null) return;
    setOpened(false);
    setAdded(null);
    onAdd(addLanguage(content, own, added), added);
  };
  return (
    <>
      <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => { setOpened(true); }}>{t('messages.languages.add')}</Button>
      <Modal opened={opened} onClose={() => { setOpened(false); }} title={t('messages.languages.add')} closeButtonProps={{ 'aria-label': t('confirm.close') }}>
        <Stack>
          {content.language === undefined && <Select label={t('messages.languages.own')} data={data} value={own} allowDeselect={false} searchable onChange={setOwn} comboboxProps={{ withinPortal: true }} />}
          <Select data-autofocus label={t('messages.languages.added')} data={choices} value={added} searchable onChange={setAdded} comboboxProps={{ withinPortal: true }} />
          <Text size="sm" c="dimmed">{t('messages.languages.addHint')}</Text>
          <Group justify="flex-end"><Button disabled={added === null || own === null} onClick={add}>{t('messages.languages.addDo')}</Button></Group>
        </Stack>
      </Modal>
    </>
  );
}
