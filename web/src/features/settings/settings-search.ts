/** What can stand in the addresses of the settings; nothing here loads a page. */
export const SENDING_TABS = ['servers', 'domains', 'reports', 'warmup', 'suppressed', 'returns', 'limits', 'links'] as const;
export interface SendingSearch { tab?: (typeof SENDING_TABS)[number] | undefined; address?: string | undefined; days?: '7' | '30' | '90' | undefined }

export const WEBSITE_TABS = ['snippet', 'behaviour', 'identity'] as const;
export interface WebsiteSearch { tab?: (typeof WEBSITE_TABS)[number] | undefined }

export const ENDPOINT_TABS = ['deliveries', 'attempts', 'dead', 'events'] as const;
export interface EndpointSearch { tab?: (typeof ENDPOINT_TABS)[number] | undefined; delivery?: string | undefined }

export interface AuditSearch { actor?: string | undefined; kind?: string | undefined; subject?: string | undefined; from?: string | undefined; to?: string | undefined }

export const SOURCE_TABS = ['received', 'schedule', 'mapping', 'setup'] as const;
export const ASKS = ['csv', 'postgres'] as const;
/** `sample`: the body of which delivery stands beside the mapping; `ask`: what a new one is to be asked for. */
export interface SourceSearch { tab?: (typeof SOURCE_TABS)[number] | undefined; sample?: string | undefined; ask?: (typeof ASKS)[number] | undefined }

/** `campaign`: whose target is being set. */
export interface LevelsSearch { campaign?: string | undefined }
