/** The version of this program. The build sets it; it is not set when run from source. */
declare const __VERSION__: string

export const VERSION = typeof __VERSION__ === 'undefined' ? 'from source' : __VERSION__
