/** Whether results are coloured: on a terminal, unless NO_COLOR or --color says otherwise. */
import { createPalette, type Palette } from '../render/palette.ts'
import type { Host } from './host.ts'
import type { OutputOptions } from './options.ts'

export function paletteFor(options: OutputOptions, host: Host): Palette {
  return createPalette(isColoured(options, host, host.outIsTerminal), host.paintKey)
}

export function isColoured(options: OutputOptions, host: Host, isTerminal: boolean): boolean {
  if (options.color !== 'auto') return options.color === 'always'
  const refused = host.env['NO_COLOR'] !== undefined && host.env['NO_COLOR'] !== ''
  return isTerminal && !refused && host.env['TERM'] !== 'dumb'
}
