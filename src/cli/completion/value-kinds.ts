/** What the value of an argument or option can be, for shells to complete. */
import { GLOSSARY } from '../../domain/glossary.ts'
import { DRIFT_CLASSES } from '../../drift/classes.ts'
import { RULES } from '../../safety/rules.ts'

export type ValueKind =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file' | 'folder' | 'text' }

const CLASSES = Object.keys(DRIFT_CLASSES)

/** By the name of the option or command, and that of its value. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  '--fail-on names': [...CLASSES, 'error', 'warning', 'note'],
  'explain name': [
    ...RULES.map(({ name }) => name),
    ...CLASSES,
    // A shell would need quotes for the others.
    ...GLOSSARY.flatMap(({ word }) => (/^[\w-]+$/.test(word) ? word : [])),
  ],
}

/** The names of values that are paths. `-f` and `validate` take folders, too. */
const FILES: ReadonlySet<string> = new Set(['file', 'paths', 'plan', 'plans', '--file path'])
const FOLDERS: ReadonlySet<string> = new Set(['dir'])

/** `place`: the long option or the command, and the name that the help gives the value. */
export function valueKind(place: string): ValueKind {
  const words = WORDS[place]
  if (words !== undefined) return { kind: 'words', words }
  const [, name = ''] = place.split(' ')
  if (FILES.has(name) || FILES.has(place)) return { kind: 'file' }
  return { kind: FOLDERS.has(name) ? 'folder' : 'text' }
}
