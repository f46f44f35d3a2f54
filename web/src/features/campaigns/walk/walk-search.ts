/** Whom a campaign is walked through with. */
export interface WalkSearch { person?: string | undefined }
