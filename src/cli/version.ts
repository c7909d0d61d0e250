/** The version of this program. The build fills it in; from source there is none. */
declare const __VERSION__: string

export const VERSION = typeof __VERSION__ === 'undefined' ? 'from source' : __VERSION__
