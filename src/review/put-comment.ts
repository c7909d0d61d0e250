/**
 * Posts a comment, or updates the comment with the same marker that this account wrote before. If a
 * request may be sent again, everything is done again from the search: it finds a comment that was
 * posted although no answer came, so no second one is posted.
 */
import { LockstepError } from '../domain/errors.ts'
import type { CodeHost, HostComment } from './code-host.ts'
import { BusyHost } from './refusals.ts'

export interface CommentToPut {
  /** Its first line is the marker. */
  readonly body: string
  /** False: a comment that is there is updated, and none is posted. */
  readonly isNew: boolean
}

export interface PutOptions {
  readonly wait: (milliseconds: number) => Promise<void>
  /** Called before each wait, with its milliseconds and the reason. */
  readonly tellWait: (milliseconds: number, why: string) => void
}

export type PutOutcome = {
  /** Comments with the marker that other accounts wrote. They are left as they are. */
  readonly foreign: readonly HostComment[]
} & (
  | { readonly kind: 'posted' | 'updated' | 'unchanged'; readonly url: string }
  /** There was nothing to say, and no comment to update. */
  | { readonly kind: 'silent' }
)

const MOST_ATTEMPTS = 4
/** Milliseconds; twice as long each time. */
const FIRST_WAIT = 1000
/** Milliseconds. If the host asks to wait longer, the command fails. */
const LONGEST_WAIT = 60_000
/** Of 100 comments each. GitHub allows 2,500 comments on an issue. */
const MOST_PAGES = 100

/** Throws a LockstepError if the comment could not be put. */
export async function putComment(
  to: CodeHost,
  comment: CommentToPut,
  { wait, tellWait }: PutOptions,
): Promise<PutOutcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      const outcome = await tryOnce(to, comment)
      if (outcome !== 'gone') return outcome
      if (attempt === MOST_ATTEMPTS) throw keepsGoing(to)
    } catch (error) {
      if (!(error instanceof BusyHost)) throw error
      const time = error.retryAfter ?? FIRST_WAIT * 2 ** (attempt - 1)
      if (attempt === MOST_ATTEMPTS || time > LONGEST_WAIT) throw error
      tellWait(time, error.message)
      await wait(time)
    }
  }
}

async function tryOnce(to: CodeHost, { body, isNew }: CommentToPut): Promise<PutOutcome | 'gone'> {
  const marked = await findMarked(to, firstLine(body))
  const account = marked.length === 0 ? undefined : await to.account()
  const foreign = marked.filter(({ author }) => author !== account)
  const own = marked.find(({ author }) => author === account)
  if (own === undefined) {
    return isNew
      ? { kind: 'posted', url: await to.post(body), foreign }
      : { kind: 'silent', foreign }
  }
  const { url } = own
  if (sameText(own.body, body)) return { kind: 'unchanged', url, foreign }
  // The comment may have been deleted meanwhile. Then a new one is posted, after another search for
  // it.
  return (await to.update(own, body)) === 'gone' ? 'gone' : { kind: 'updated', url, foreign }
}

async function findMarked(to: CodeHost, marker: string): Promise<readonly HostComment[]> {
  const marked: HostComment[] = []
  for (let page = 1; page <= MOST_PAGES; page++) {
    const { comments, hasNext } = await to.list(page)
    marked.push(...comments.filter(({ body }) => firstLine(body) === marker))
    if (!hasNext) return marked
  }
  throw new LockstepError({
    code: 'too-many-comments',
    message: `${to.place} has more than ${MOST_PAGES} pages of comments: the one to update was not looked for further`,
    hint: 'Continue in a new pull request.',
  })
}

function keepsGoing(to: CodeHost): LockstepError {
  return new LockstepError({
    code: 'comment-deleted',
    message: `the comment on ${to.place} was deleted each time before it was updated`,
    hint: 'Find out what deletes it, then run the command again.',
  })
}

function firstLine(text: string): string {
  return /^[^\r\n]*/.exec(text)?.[0] ?? ''
}

/** Hosts may store other line ends, or none at the end. */
function sameText(a: string, b: string): boolean {
  const plain = (text: string): string => text.replace(/\r\n/g, '\n').trimEnd()
  return plain(a) === plain(b)
}
