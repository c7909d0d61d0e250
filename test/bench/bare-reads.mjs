// What `plan` cannot do without, and nothing else: its requests, one after the other over one kept
// connection per node. A process of its own, so that the start of Node counts on both sides.
// Usage: bare-reads.mjs FILE        with { token, requests: [{ method, url, body? }] }
import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'

const { token, requests } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const agent = new Agent({ keepAlive: true, maxSockets: 1 })
const headers = { 'X-Vault-Token': token, 'X-Vault-Request': 'true' }
for (const { method, url, body } of requests) {
  await new Promise((resolve, reject) => {
    const sent = request(url, { method, agent, headers }, (answer) => {
      const chunks = []
      answer.on('data', (chunk) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve(text === '' ? undefined : JSON.parse(text))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
agent.destroy()
