/**
 * Replaces each `{name}` of a text with the value of that name. Other braces stay as they are. A
 * value is inserted as it is, also if it contains `$&` or a placeholder.
 */
export function fillPlaceholders(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? placeholder) : placeholder,
  )
}
