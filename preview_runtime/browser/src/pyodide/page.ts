/** The page without content in which an app's Python runs: on the preview's own host, away from the builder's. */
import { PYTHON_CONNECT, PYTHON_HELLO } from './messages.ts'

addEventListener('message', ({ source, data, ports: [port] }) => {
  if (source !== parent || data !== PYTHON_CONNECT || !port) return
  const worker = new Worker('/@sayso/python.worker.js', { type: 'module', name: 'python' })
  worker.onerror = (event) => port.postMessage({ type: 'broken', message: event.message || 'python.worker.js' })
  worker.postMessage(PYTHON_CONNECT, [port])
}, { once: true })
// Whoever frames this page learns that it is there, and nothing else.
parent.postMessage(PYTHON_HELLO, '*')
