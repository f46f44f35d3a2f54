import { useTranslation } from 'react-i18next';

/** Says what the API found in the language of the page, as far as it has it. */
export function useSaid(): (finding: { message: string; messageKo?: string | undefined }) => string {
  const { i18n } = useTranslation();
  return ({ message, messageKo }) => (i18n.language === 'ko' ? messageKo ?? message : message);
}
