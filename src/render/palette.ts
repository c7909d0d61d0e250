/** The colours of terminal output. Whether there are any is decided by the caller, never here. */
import picocolors from 'picocolors'

type Colors = ReturnType<typeof picocolors.createColors>

/** What each renderer paints with; without colour each is the identity. */
export type Palette = Pick<Colors, 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'>
export type Paint = Palette[keyof Palette]

export function createPalette(enabled: boolean): Palette {
  return picocolors.createColors(enabled)
}
