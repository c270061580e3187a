import { setFlagsFromString } from 'node:v8'

/**
 * Lets the heap double before the collector goes through all of it again. V8 counts the buffers of sockets as heap and starts
 * after a quarter more, so that a process with little on its heap that passes on much went through all of it
 * every dozen answers of 700 kB: more than half of what a pull of the feed took (decision 34). Takes at most as much memory
 * again as the heap has. To be called once, at the start.
 */
export function collectSeldom(): void {
  setFlagsFromString('--heap-growing-percent=100')
}
