/** `npm run bench -- <name> […]` runs test/bench/<name>.ts, which measures when it is loaded and prints what it found. */
const [name, ...options] = process.argv.slice(2)
if (name === undefined || !/^[a-z-]+$/.test(name)) {
  process.stderr.write('usage: npm run bench -- <name>, the name of a file in test/bench\n')
  process.exit(1)
}
process.argv.splice(2, Infinity, ...options)
await import(`./${name}.ts`)
