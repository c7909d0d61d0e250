/** The value under a key, made when it is first asked for. */
export function remember<Key, Value>(
  known: Map<Key, Value>,
  key: Key,
  make: () => NonNullable<Value>,
): NonNullable<Value> {
  const value = known.get(key) ?? make()
  known.set(key, value)
  return value
}
