/**
 * A program the real tests cannot do without is not on this machine (or too old).
 * The real suite is then skipped with this reason; under CI it fails instead, so that a green run
 * cannot mean that nothing was run.
 */
export class MissingToolError extends Error {
  override readonly name = 'MissingToolError'
  readonly tool: string

  constructor(tool: string, why: string, cause?: unknown) {
    super(`${tool} is missing: ${why}`, { cause })
    this.tool = tool
  }
}

/** True for the failure of a spawn because there is no such program on the PATH. */
export function isNotFound(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (error as NodeJS.ErrnoException).code === 'ENOENT' || isNotFound(error.cause)
}
