/**
 * Decides whether results are coloured: on a terminal, unless NO_COLOR, --color or --no-color says otherwise.
 */
import { createPalette, type Palette } from '../../render/palette.ts'
import type { Host } from './host.ts'
import type { DetailOption, OutputOptions } from '../options.ts'

/** The palette for results on stdout. */
export function paletteFor(options: OutputOptions, host: Host): Palette {
  return createPalette(isColoured(options, host, host.outIsTerminal), host.paintKey)
}

/**
 * How results are drawn: with colours or not, how wide, and with all names or only the first few.
 */
export function viewOf(
  options: OutputOptions & DetailOption,
  host: Host,
): { readonly palette: Palette; readonly width: number; readonly detail: boolean } {
  return {
    palette: paletteFor(options, host),
    width: host.width,
    detail: options.detail === true,
  }
}

/** True if the output is coloured. `isTerminal`: whether it goes to a terminal. */
export function isColoured(options: OutputOptions, host: Host, isTerminal: boolean): boolean {
  if (options.color !== 'auto') return options.color === 'always'
  const refused = host.env['NO_COLOR'] !== undefined && host.env['NO_COLOR'] !== ''
  return isTerminal && !refused && host.env['TERM'] !== 'dumb'
}
