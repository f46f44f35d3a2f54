import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../../lib/api.ts';

const COLOURS = { verified: 'green', failing: 'red', unchecked: 'gray' } as const;

/** Whether the key that signs was found in DNS. */
export function DomainStatus({ status }: { status: Api<'SendingDomain'>['status'] }) {
  const { t } = useTranslation();
  return <Badge variant="light" color={COLOURS[status]}>{t(`sending.domains.statuses.${status}`)}</Badge>;
}
