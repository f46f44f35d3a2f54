import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../lib/api.ts';

/** More people than this are never changed by a click alone: their number is typed. */
export const TYPED_FROM = 10_000;

interface Asked { title: string; children: ReactNode; action: string; /** What must be typed first; null: a click is enough. */ typed: string | null; onConfirm(): Promise<unknown>; onClose(): void }

/** The question by itself, for buttons that must find out first what it is about. */
export function ConfirmDialog(asked: Asked) {
  const { t } = useTranslation();
  return <Modal opened onClose={asked.onClose} title={asked.title} closeButtonProps={{ 'aria-label': t('confirm.close') }}><Ask {...asked} /></Modal>;
}

/** A button for what cannot be undone: it asks first. A refusal is said where the button was pressed. */
export function ConfirmButton(asked: Omit<Asked, 'onClose'>) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const close = () => { setOpened(false); };
  return (
    <>
      <Button variant="default" onClick={() => { setOpened(true); }}>{asked.action}</Button>
      <Modal opened={opened} onClose={close} title={asked.title} closeButtonProps={{ 'aria-label': t('confirm.close') }}>{opened && <Ask {...asked} onClose={close} />}</Modal>
    </>
  );
}

function Ask({ children, action, typed, onConfirm, onClose }: Asked) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const isTyped = typed === null || text.normalize('NFC').trim() === typed.normalize('NFC');
  const confirm = async () => {
    if (!isTyped) { setRefusal(t('confirm.mismatch', { typed })); return; }
    setBusy(true);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setRefusal(error instanceof ApiProblem ? error.message : t('state.failed'));
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); void confirm(); }}>
      <Stack>
        <Text size="sm" component="div">{children}</Text>
        {typed !== null && <TextInput data-autofocus label={t('confirm.type', { typed })} value={text} autoComplete="off" onChange={(event) => { setText(event.currentTarget.value); setRefusal(null); }} />}
        {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
        <Group justify="flex-end"><Button variant="default" onClick={onClose}>{t('confirm.cancel')}</Button><Button color="red.9" type="submit" loading={busy}>{action}</Button></Group>
      </Stack>
    </form>
  );
}
