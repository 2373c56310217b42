export async function spectralCase(_: unknown): Promise<void> {}
