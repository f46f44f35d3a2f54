import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../../lib/api.ts';

const COLOURS = { verified: 'green', failing: 'red', unchecked: 'gray' } as const;

/** Whether the key that signs is there and was found in DNS. */
export function DomainStatus({ status, secretLost = false }: Pick<Api<'SendingDomain'>, 'status' | 'secretLost'>) {
  const { t } = useTranslation();
  if (secretLost) return <Badge variant="light" color="red">{t('settings.secretLost.badge')}</Badge>;
  return <Badge variant="light" color={COLOURS[status]}>{t(`sending.domains.statuses.${status}`)}</Badge>;
}
