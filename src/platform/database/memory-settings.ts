const MB = 1024 ** 2;

/**
 * How the embedded PostgreSQL uses a machine that it shares with Danbi: a quarter of the memory for its own cache (its
 * manual's advice; taken only as far as the data need it), up to 4 GB, the rest as the system's; sorts and hashes get more than the default when there is enough for every connection.
 */
export function memorySettings(bytes: number): string[] {
  const megabytes = (share: number, least: number, most: number) => `${Math.max(least, Math.min(most, Math.floor((bytes * share) / MB)))}MB`;
  return [
    `shared_buffers=${megabytes(1 / 4, 64, 4096)}`,
    `effective_cache_size=${megabytes(1 / 2, 128, 1024 * 1024)}`,
    `work_mem=${megabytes(1 / 512, 4, 32)}`,
    `maintenance_work_mem=${megabytes(1 / 64, 32, 256)}`,
  ];
}
