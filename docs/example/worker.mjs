console.log(`worker ${process.pid} begins`);
for (let job = 1; ; job += 1) {
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  console.log(`job ${job} done`);
  if (Math.random() < 0.1) {
    console.error(`job ${job + 1} failed: the disk was on fire`);
    process.exit(3);
  }
}
