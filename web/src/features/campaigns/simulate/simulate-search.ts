/** Which simulation is looked at, and whom of it. */
export interface SimulateSearch { run?: string | undefined; outcome?: string | undefined; side?: 'subject' | 'running' | undefined; person?: string | undefined }
