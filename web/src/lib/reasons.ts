import { useTranslation } from 'react-i18next';
import type en from '../i18n/en/index.ts';

type Code = keyof (typeof en)['reasons']['codes'];

/** Says a reason code in words; a code this dashboard does not know yet as it is. */
export function useReason(): (code: string) => string {
  const { t, i18n } = useTranslation();
  return (code) => (i18n.exists(`reasons.codes.${code}`) ? t(`reasons.codes.${code as Code}`) : code);
}
