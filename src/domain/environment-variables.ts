/** The variables of a process, by name; undefined for a variable that is not set. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>
