import { Code, SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MailFrame } from '../../ui/mail-frame.tsx';

export type View = 'desktop' | 'phone' | 'text' | 'source';

/** An e-mail as its reader sees it: wide, on a phone, as plain text, or what it is written in. */
export function MailViews({ html, text, source }: { html: string | null; text: string; source: string }) {
  const { t } = useTranslation();
  const views: View[] = html === null ? ['text', 'source'] : ['desktop', 'phone', 'text', 'source'];
  const [chosen, setChosen] = useState<View>('desktop');
  const view = views.includes(chosen) ? chosen : 'text';
  return (
    <Stack gap="sm">
      <SegmentedControl aria-label={t('deliveries.copy.view')} value={view} onChange={(next) => { setChosen(next as View); }} data={views.map((value) => ({ value, label: t(`deliveries.copy.views.${value}`) }))} style={{ alignSelf: 'flex-start', maxWidth: '100%' }} />
      {html === null && <Text size="sm" c="dimmed">{t('deliveries.copy.noHtml')}</Text>}
      {html !== null && (view === 'desktop' || view === 'phone') && <MailFrame title={t('deliveries.copy.title')} html={html} phone={view === 'phone'} />}
      {(view === 'text' || view === 'source') && <Code block tabIndex={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', maxHeight: 640, overflowY: 'auto' }}>{view === 'text' ? text : source}</Code>}
    </Stack>
  );
}
