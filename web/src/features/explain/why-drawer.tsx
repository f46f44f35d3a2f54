import { Button, Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { ExplainLazily } from './lazy-panel.tsx';

/** “Why” of one row: opens what explain knows beside the list, which stays as it is. */
export function WhyButton({ campaign, person, step, name }: { campaign: string; person: string; step?: string | undefined; /** Of the person, or of the campaign, for its heading. */ name: string }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button size="compact-xs" variant="subtle" aria-label={t('explain.drawer', { name })} onClick={open}>{t('explain.open')}</Button>
      <Drawer opened={isOpen} onClose={close} position="right" size="lg" title={t('explain.drawer', { name })} closeButtonProps={{ 'aria-label': t('confirm.close') }}>
        {isOpen && <ExplainLazily campaign={campaign} person={person} step={step} />}
      </Drawer>
    </>
  );
}
