/**
 * A map that copies cheaply: a copy shares what was there and keeps only its own changes apart.
 * Rehearsing a plan copies a cluster's state after every step, most of it unchanged.
 */
export class LayeredMap<Key, Value> {
  /** Shared with copies; written to only while nobody else holds it. */
  #base: Map<Key, Value>
  #isShared: boolean
  /** `undefined` marks what was deleted from the base. */
  #changes: Map<Key, Value | undefined>

  constructor(entries: Iterable<readonly [Key, Value]> = []) {
    this.#base = new Map(entries)
    this.#isShared = false
    this.#changes = new Map()
  }

  get(key: Key): Value | undefined {
    if (this.#changes.size > 0 && this.#changes.has(key)) return this.#changes.get(key)
    return this.#base.get(key)
  }

  has(key: Key): boolean {
    return this.get(key) !== undefined
  }

  set(key: Key, value: Value): void {
    if (this.#isShared) this.#changes.set(key, value)
    else this.#base.set(key, value)
  }

  delete(key: Key): void {
    if (!this.#isShared) this.#base.delete(key)
    else if (this.#base.has(key)) this.#changes.set(key, undefined)
    else this.#changes.delete(key)
  }

  /** In no particular order: sort before emitting. */
  *entries(): Generator<readonly [Key, Value]> {
    for (const [key, value] of this.#base) if (!this.#changes.has(key)) yield [key, value]
    for (const [key, value] of this.#changes) if (value !== undefined) yield [key, value]
  }

  *keys(): Generator<Key> {
    for (const [key] of this.entries()) yield key
  }

  *values(): Generator<Value> {
    for (const [, value] of this.entries()) yield value
  }

  /** A copy that may change without this one changing, and the other way round. */
  copy(): LayeredMap<Key, Value> {
    // A thick layer is made part of the base: copying it again and again would cost more.
    if (this.#changes.size * 4 > this.#base.size) {
      this.#base = new Map(this.entries())
      this.#changes = new Map()
    }
    this.#isShared = true
    const copy = new LayeredMap<Key, Value>()
    copy.#base = this.#base
    copy.#isShared = true
    copy.#changes = new Map(this.#changes)
    return copy
  }
}
