/** Errors with what was being done before the reason. */

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** @throws Error with `what: reason` when it fails */
export async function attempt<T>(what: string, doing: Promise<T>): Promise<T> {
  try {
    return await doing;
  } catch (cause) {
    throw new Error(`${what}: ${messageOf(cause)}`, { cause });
  }
}

const FILE_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
};

/** As the system words it. */
export function describeFileFault(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  return FILE_FAULTS[code] ?? (code || messageOf(error));
}
