// What calls cost, in counts. Runs in processes of its own, with the flags of run-program.ts, and prints JSON.
// program.ts calls | program.ts passes | program.ts idle
const { argv, stdout } = process;

async function count(): Promise<unknown> {
  if (argv[2] === 'passes') {
    await import('./passes.ts'); // parsers look up what it replaces when they are loaded
    return (await import('./large-values.ts')).countLargeValues();
  }
  if (argv[2] === 'idle') return (await import('./idle-clients.ts')).heapBytesPerIdleClient();
  const { countAllCalls } = await import('./call-counts.ts');
  const { replyStack } = await import('./reply-stack.ts');
  const { countSocketWrites } = await import('./socket-writes.ts');
  return { calls: await countAllCalls(), replyStack: await replyStack(), socketWrites: await countSocketWrites() };
}

stdout.write(JSON.stringify(await count()), () => process.exit(0));
