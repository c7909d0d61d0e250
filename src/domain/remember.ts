/** The value of a key; it is made at the first call. */
export function remember<Key, Value>(
  known: Map<Key, Value>,
  key: Key,
  make: () => NonNullable<Value>,
): NonNullable<Value> {
  const value = known.get(key) ?? make()
  known.set(key, value)
  return value
}
