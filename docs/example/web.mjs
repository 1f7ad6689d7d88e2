import { createServer } from 'node:http';

const port = Number(process.env.PORT);
const server = createServer((request, response) => {
  console.log(`${request.method} ${request.url}`);
  response.end(`hello from pid ${process.pid}\n`);
});
server.listen(port, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => {
  console.log('closing');
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
