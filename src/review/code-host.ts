/** The interface to a code host: the comments of one pull request. */

export interface HostComment {
  readonly id: string
  /** The account that wrote it. Only this account and the maintainers of the repository can change it. */
  readonly author: string
  readonly body: string
  /** Where a person reads it. */
  readonly url: string
}

export interface CodeHost {
  /** `GitHub`, for messages. */
  readonly name: string
  /** `pull request 12 of octo/app`, for messages. */
  readonly place: string
  /** The account of the token, as `HostComment.author` names it. */
  readonly account: () => Promise<string>
  /** From the oldest. `page` counts from 1. */
  readonly list: (page: number) => Promise<CommentPage>
  /** Returns the address where a person reads the new comment. */
  readonly post: (body: string) => Promise<string>
  /** `gone`: there is no such comment any more. */
  readonly update: (comment: HostComment, body: string) => Promise<'updated' | 'gone'>
}

export interface CommentPage {
  readonly comments: readonly HostComment[]
  readonly hasNext: boolean
}
