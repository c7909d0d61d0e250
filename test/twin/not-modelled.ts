/**
 * Recorded exchanges the twin answers otherwise, and why. The replay fails where one of them is
 * answered as recorded after all.
 */
import type { Product } from '../../src/domain/live.ts'

export interface NotModelled {
  readonly product: Product
  readonly story: string
  /** Counts from 1, in the recording's file. */
  readonly line: number
  readonly why: string
}

export const NOT_MODELLED: readonly NotModelled[] = []
