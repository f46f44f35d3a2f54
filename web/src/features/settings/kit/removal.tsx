import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog, useAct } from './parts.tsx';

interface Asked { title: string; text: string; /** What the button does, when it is not removing. */ action?: string; /** Said to who does not see what the button stands beside. */ name: string; onRemove(): Promise<unknown> }

/** A button for what is lost when it is gone: it says so first. A refusal is said where it was pressed. */
export function RemoveButton({ title, text, action, name, onRemove }: Asked) {
  const { t } = useTranslation();
  const [isAsked, setAsked] = useState(false);
  const { busy, refusal, act } = useAct();
  const close = () => { setAsked(false); };
  const remove = async () => { if (await act(onRemove)) close(); };
  return (
    <>
      <Button size="xs" variant="default" aria-label={name} onClick={() => { setAsked(true); }}>{action ?? t('settings.remove')}</Button>
      <Dialog opened={isAsked} onClose={close} title={title}>
        <Stack>
          <Text size="sm">{text}</Text>
          {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
          <Group justify="flex-end"><Button variant="default" data-autofocus onClick={close}>{t('confirm.cancel')}</Button><Button color="red" loading={busy} onClick={() => { void remove(); }}>{action ?? t('settings.remove')}</Button></Group>
        </Stack>
      </Dialog>
    </>
  );
}
