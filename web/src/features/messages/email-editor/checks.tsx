import { List, Text, ThemeIcon } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { IconAlertTriangle, IconCheck, IconX } from '../../../ui/icons.ts';
import { useSaid, type Finding } from './findings.ts';

const SIGNS = { error: { color: 'red', Icon: IconX }, warning: { color: 'orange', Icon: IconAlertTriangle } } as const;

/** Everything the server says about the message, errors first. */
export function Checks({ findings }: { findings: readonly Finding[] }) {
  const { t } = useTranslation();
  const said = useSaid();
  const sorted = [...findings].toSorted((a, b) => (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1));
  return (
    <section aria-label={t('messages.checks')}>
      {sorted.length === 0 ? <Text size="sm" c="dimmed"><IconCheck size={14} aria-hidden /> {t('messages.noFindings')}</Text> : (
        <List spacing={4} size="sm" listStyleType="none">
          {sorted.map((finding, index) => {
            const { color, Icon } = SIGNS[finding.severity];
            return <List.Item key={`${finding.code} ${finding.block ?? finding.field} ${index}`} icon={<ThemeIcon size={18} radius="xl" variant="light" color={color}><Icon size={12} aria-hidden /></ThemeIcon>}>{t(`messages.severity.${finding.severity}`)}: {finding.language ? `[${finding.language}] ` : ''}{said(finding)}</List.Item>;
          })}
        </List>
      )}
    </section>
  );
}
