import { Alert, Button, Modal, Stack, Text, UnstyledButton } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../lib/api.ts';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import type { EmailContent } from './content.ts';

/** Messages to begin with, in English and Korean. What stands here is replaced, which undo brings back. */
export function StarterButton({ isEmpty, onPick }: { isEmpty: boolean; onPick(content: EmailContent): void }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const close = () => { setOpened(false); };
  return (
    <>
      <Button size="sm" variant={isEmpty ? 'light' : 'default'} onClick={() => { setOpened(true); }}>{t('messages.starters.open')}</Button>
      <Modal opened={opened} onClose={close} size="lg" title={t('messages.starters.title')} closeButtonProps={{ 'aria-label': t('confirm.close') }}>
        {opened && <Choices isEmpty={isEmpty} onPick={(content) => { onPick(content); close(); }} />}
      </Modal>
    </>
  );
}

function Choices({ isEmpty, onPick }: { isEmpty: boolean; onPick(content: EmailContent): void }) {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'ko' ? 'ko' : 'en';
  const list = useQuery({ queryKey: ['starters'], queryFn: () => answer(api.GET('/v1/starters')), staleTime: Infinity });
  const take = useMutation({ mutationFn: (key: string) => answer(api.GET('/v1/starters/{key}', { params: { path: { key }, query: { language } } })), onSuccess: (starter) => { if (starter.channel === 'email') onPick(starter.content as EmailContent); } });
  if (list.isPending) return <Loading />;
  if (list.isError) return <ErrorPanel error={list.error} onRetry={() => { void list.refetch(); }} />;
  return (
    <Stack gap="xs">
      {!isEmpty && <Alert color="orange">{t('messages.starters.replaces')}</Alert>}
      {take.isError && <ErrorPanel error={take.error} />}
      {list.data.items.filter(({ channel }) => channel === 'email').map(({ key, name, description }) => (
        <UnstyledButton key={key} p="xs" disabled={take.isPending} onClick={() => { take.mutate(key); }} style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 'var(--mantine-radius-md)' }}>
          <Text fw={600} size="sm">{name[language]}</Text>
          <Text size="xs" c="dimmed">{description[language]}</Text>
        </UnstyledButton>
      ))}
    </Stack>
  );
}
