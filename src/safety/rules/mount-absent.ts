/** The file names a mount or connection that is not there. */
import type { PlanRule } from '../rule.ts'

export const mountAbsent: PlanRule = {
  about: 'plan',
  name: 'mount-absent',
  severity: 'error',
  title: 'A mount or connection in the file does not exist',
  explanation:
    'The file says what a mount or a database connection should run, and nothing is there. Nothing is made without being asked for: a mistyped path would otherwise become a new, empty mount. If the token may not see the path, it looks the same.',
  fix: 'Correct the path (an auth method’s begins with auth/); to make the mount, write `enable: true`.',
  allowable: true,
  judge({ draft }) {
    return draft.impossible.flatMap((one) => {
      if (one.kind !== 'mount-absent') return []
      const { path, source: at } = one
      const what = path.endsWith('/') ? 'Nothing is mounted at' : 'There is no connection'
      return { subject: path, message: `${what} ${path}.`, at }
    })
  },
}
