// What a row of the bench compares Lockstep with: the requests that its work needs, and nothing
// else, over kept connections. It has none of the program's code, and is a process of its own, so
// that the start of Node counts on both sides.
// Usage: bare-requests.mjs FILE
//   FILE: { token, phases: [{ parallel, requests: [{ method, url, body?, until?, own? }] }] }
// One phase follows the other. `parallel`: the connections to each node. `until`: the request is
// sent again until its answer has this text. `own`: the node must answer for itself.
import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'

const { token, phases } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const agents = new Map()
for (const { parallel, requests } of phases) {
  const agent = agents.get(parallel) ?? new Agent({ keepAlive: true, maxSockets: parallel })
  agents.set(parallel, agent)
  await Promise.all(requests.map((one) => carryOut(agent, one)))
}
for (const agent of agents.values()) agent.destroy()

async function carryOut(agent, one) {
  for (;;) {
    const text = await send(agent, one)
    if (one.until === undefined || text.includes(one.until)) return
  }
}

function send(agent, { method, url, body, own }) {
  const headers = {
    'X-Vault-Token': token,
    'X-Vault-Request': 'true',
    ...(own && { 'X-Vault-No-Request-Forwarding': 'true' }),
  }
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent, headers }, (answer) => {
      const chunks = []
      answer.on('data', (chunk) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        if (answer.statusCode >= 300 && !(method === 'GET' && answer.statusCode === 404)) {
          reject(new Error(`${method} ${url} answered ${answer.statusCode} ${text}`))
          return
        }
        // Whoever asks wants to know what was answered.
        if (text !== '') JSON.parse(text)
        resolve(text)
      })
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
