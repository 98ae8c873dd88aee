/** The code of an error of the system or of SQLite: `EADDRINUSE`, `SQLITE_CANTOPEN`; undefined for every other error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
