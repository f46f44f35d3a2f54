import { createFileRoute } from '@tanstack/react-router';
import { MailPage } from '../../../features/deliveries/mail-page.tsx';
import { needWords } from '../../../i18n/index.ts';

export const Route = createFileRoute('/deliveries/mailbox/$id')({ loader: () => needWords('deliveries'), component: MailPage });
