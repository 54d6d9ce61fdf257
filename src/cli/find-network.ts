/** The network that a user names on the dashboard, found as the commands find it. */
export async function findNetwork(spec: string) {
  const { resolveArchitecture } = await import('../app/index.js');
  return resolveArchitecture(spec);
}
