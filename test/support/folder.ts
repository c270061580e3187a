import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A temporary folder that an embedded PostgreSQL can lie in: open to be entered, since as root the server runs as another
 * user, and would put its data elsewhere, where nobody removes them.
 */
export async function makeServerFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `xinjian-${name}-`))
  await chmod(folder, 0o755)
  return folder
}
