/** Every icon of the dashboard, so that development loads these and not five thousand. */
export { IconAlertTriangle, IconCheck, IconChevronRight, IconCircle, IconCloudRain, IconDeviceDesktop, IconHome, IconLanguage, IconLogout, IconMail, IconMoon, IconSearch, IconSend, IconSun, IconTargetArrow, IconUsers, IconUsersGroup, IconX } from '@tabler/icons-react';
