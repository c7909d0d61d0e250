/** What stands behind logins in the tests: who signs JSON Web Tokens, and who is asked about them. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { makeCertificate } from '../cluster/certificate.ts'
import { makeScratchFolder } from '../cli/scratch-folder.ts'

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signs with a key of its own (ES256). A token is valid for ten minutes unless a claim differs. */
export function makeJwtSigner() {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    /** PEM. */
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (claims: Readonly<Record<string, unknown>>): string => {
      const now = Math.floor(Date.now() / 1000)
      const body = { iat: now - 10, nbf: now - 10, exp: now + 600, ...claims }
      const text = `${encode({ alg: 'ES256', typ: 'JWT' })}.${encode(body)}`
      const key = { key: pair.privateKey, dsaEncoding: 'ieee-p1363' } as const
      return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
    },
  }
}

async function listen(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const BEARER = 'token-of-the-job-of-github'

/** The service that gives a job of GitHub Actions its tokens. `tokenFor`: undefined for 403. */
export async function startJobTokens(tokenFor: (audience: string | null) => string | undefined) {
  const answer: RequestListener = (request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://127.0.0.1')
    const isTheJob = request.headers.authorization === `Bearer ${BEARER}`
    const isWhole = searchParams.get('api-version') === '2'
    const value = isTheJob && isWhole ? tokenFor(searchParams.get('audience')) : undefined
    response.writeHead(value === undefined ? 403 : 200, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify({ value }))
  }
  const { host, stop } = await listen(createServer(answer))
  return {
    variables: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://${host}/token?api-version=2`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: BEARER,
    },
    [Symbol.asyncDispose]: stop,
  }
}

/** The API of Kubernetes that says whose token one is. It believes every token. */
export async function startTokenReviews() {
  await using scratch = await makeScratchFolder()
  const files = await makeCertificate(scratch.path)
  const cert = await readFile(files.certificate, 'utf8')
  const tls = { cert, key: await readFile(files.key, 'utf8') }
  const answer: RequestListener = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { spec } = JSON.parse(Buffer.concat(chunks).toString()) as { spec: { token: string } }
      const claims = JSON.parse(
        Buffer.from(spec.token.split('.')[1] ?? '', 'base64url').toString(),
      ) as { sub: string }
      const [, , , name] = claims.sub.split(':')
      const user = { username: claims.sub, uid: `uid-of-${name ?? ''}`, groups: [] }
      response.writeHead(201, { 'Content-Type': 'application/json' })
      response.end(
        JSON.stringify({
          ...{ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview' },
          status: { authenticated: true, user },
        }),
      )
    })
  }
  const { host, stop } = await listen(createTlsServer(tls, answer))
  return { address: `https://${host}`, authority: cert, stop }
}
