import { connect } from 'node:net'

export interface RawAnswer {
  /** All that came until the server closed the connection. */
  text: string
  /** Status of the first answer; 0 when none came. */
  status: number
}

/** Sends bytes as they are and reads until the server closes. `drip` sends one more byte each so many milliseconds. */
export function sendRaw(address: string, text: string, drip?: { everyMs: number; byte: string }): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(Number(new URL(address).port), '127.0.0.1', () => socket.write(text, 'latin1'))
    const timer = drip && setInterval(() => socket.writable && socket.write(drip.byte), drip.everyMs)
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearInterval(timer)
      resolve({ text: answer, status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0) })
    })
  })
}
