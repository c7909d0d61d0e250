/** The file names a mount or connection that does not exist. */
import type { PlanRule } from '../rule.ts'

export const mountAbsent: PlanRule = {
  about: 'plan',
  name: 'mount-absent',
  severity: 'error',
  title: 'A mount or connection in the file does not exist',
  explanation:
    'The file says what a mount or a database connection should run, but nothing exists at the path. Lockstep makes a mount only if the file says `enable: true`: otherwise a mistyped path would become a new, empty mount. A path that the token may not see looks the same.',
  fix: 'Correct the path (an auth method’s begins with auth/); to make the mount, write `enable: true`.',
  allowable: true,
  judge({ draft }) {
    return draft.impossible.flatMap((impossible) => {
      if (impossible.kind !== 'mount-absent') return []
      const { path, source: at } = impossible
      const what = path.endsWith('/') ? 'Nothing is mounted at' : 'There is no connection'
      return { subject: path, message: `${what} ${path}.`, at }
    })
  },
}
