import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { createContext, useContext, useEffect, useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

const Unsaved = createContext(new Set<string>());

/** Asks before a page is left that holds what is not saved; the browser asks when its tab is closed. */
export function UnsavedGuard({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [dirty] = useState(() => new Set<string>());
  const left = useBlocker({ shouldBlockFn: () => dirty.size > 0, enableBeforeUnload: () => dirty.size > 0, withResolver: true });
  const isAsked = left.status === 'blocked';
  const stay = () => { left.reset?.(); };
  return (
    <Unsaved.Provider value={dirty}>
      {children}
      <Modal opened={isAsked} onClose={stay} title={t('settings.unsaved.title')} closeButtonProps={{ 'aria-label': t('confirm.close') }}>
        <Stack>
          <Text size="sm">{t('settings.unsaved.text')}</Text>
          <Group justify="flex-end"><Button variant="default" onClick={stay}>{t('settings.unsaved.stay')}</Button><Button color="red" onClick={() => { dirty.clear(); left.proceed?.(); }}>{t('settings.unsaved.leave')}</Button></Group>
        </Stack>
      </Modal>
    </Unsaved.Provider>
  );
}

/** Says to the guard around whether a form holds what is not saved. */
export function useUnsaved(isDirty: boolean): void {
  const forms = useContext(Unsaved);
  const id = useId();
  useEffect(() => {
    if (isDirty) forms.add(id);
    else forms.delete(id);
    return () => { forms.delete(id); };
  }, [forms, id, isDirty]);
}
