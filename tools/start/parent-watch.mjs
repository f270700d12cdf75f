// Loaded into every process that npm start begins: when the starter is gone without a word (kill -9), the channel to it
// closes, and the process ends as if it had been asked to.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
