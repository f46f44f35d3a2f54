/** What an installation may decide about sending e-mail. */
export interface SendingSettings {
  /** After how many hours without success a message is given up, by the kind of its topic. */
  giveUpHours: { marketing: number; transactional: number };
  errorBudget: ErrorBudget;
  /**
   * Transactional topics whose messages are sent once more when nobody knows whether the server took them
   * (docs/decisions/uncertain-is-not-resent.md). Empty: never.
   */
  resendUncertain: string[];
}

/** When a campaign is paused by itself (5-email.md, section 7.6). Shares are per cent of the newest `window` messages. */
export interface ErrorBudget {
  enabled: boolean;
  window: number;
  hardPercent: number;
  complaintPercent: number;
  blockPercent: number;
}

export const DEFAULT_SETTINGS: SendingSettings = {
  giveUpHours: { marketing: 24, transactional: 72 },
  errorBudget: { enabled: true, window: 500, hardPercent: 5, complaintPercent: 0.3, blockPercent: 20 },
  resendUncertain: [],
};
