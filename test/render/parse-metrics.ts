/**
 * A strict parser of the text format of Prometheus (version 0.0.4), with the rules of its linter:
 * each metric has HELP and TYPE once and before its samples, its samples stand together, no two
 * have the same labels, and its name says a base unit.
 */

export interface Sample {
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  readonly value: number
}

const LINE = /^([a-z_][a-z0-9_]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/
const LABEL = /([a-z_][a-z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y

/** Throws an Error with the line that breaks a rule. `text` ends with a newline. */
export function parseMetrics(text: string): Sample[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const samples: Sample[] = []
  const seen = new Set<string>()
  const state = { help: '', type: '' }
  for (const line of text.slice(0, -1).split('\n')) {
    const fail = (why: string): never => {
      throw new Error(`${why}: ${line}`)
    }
    const [, help] = /^# HELP ([a-z_][a-z0-9_]*) \S.*$/.exec(line) ?? []
    const [, type, kind] = /^# TYPE ([a-z_][a-z0-9_]*) (gauge|counter)$/.exec(line) ?? []
    if (help !== undefined) {
      if (seen.has(help)) fail('a metric twice')
      seen.add(help)
      state.help = help
    } else if (type !== undefined) {
      if (type !== state.help) fail('TYPE without its HELP')
      checkName(type, kind === 'counter', fail)
      state.type = type
    } else {
      const [, name = '', labels = '', value = ''] = LINE.exec(line) ?? fail('no sample')
      if (name !== state.type || name !== state.help) fail('a sample apart from its TYPE')
      const key = `${name}{${[...parseLabels(labels, fail)].sort().join()}}`
      if (seen.has(key)) fail('a sample twice')
      seen.add(key)
      samples.push({ name, labels: parseLabels(labels, fail), value: Number(value) })
    }
  }
  return samples
}

function checkName(name: string, isCounter: boolean, fail: (why: string) => never): void {
  if (!name.startsWith('lockstep_')) fail('no namespace')
  if (/_(count|sum|bucket|gauge)$/.test(name)) fail('a suffix of another type')
  if (name.endsWith('_total') !== isCounter) fail('counters, and they only, end with _total')
  if (/(milli|micro|nano|kilo|_ms\b|_minutes|_hours|_days|_percent)/.test(name))
    fail('no base unit')
}

function parseLabels(text: string, fail: (why: string) => never): Map<string, string> {
  const labels = new Map<string, string>()
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < text.length) {
    const [, name = '', value = ''] = LABEL.exec(text) ?? fail('odd labels')
    if (labels.has(name)) fail('a label twice')
    labels.set(
      name,
      value.replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one)),
    )
  }
  return labels
}
