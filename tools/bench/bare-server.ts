/** The yardstick of device-read: fastify and pg alone. `node … bare-server.ts <port> <database url> <sql> [rls]` */
import Fastify from 'fastify';
import pg from 'pg';

const [port, url, sql, mode] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url ?? '', max: 10 });
const server = Fastify();

server.get<{ Params: { tenant: string; id: string } }>(
  '/:tenant/:id',
  async ({ params }, reply) => {
    const { tenant, id } = params;
    if (mode !== 'rls') {
      const { rows } = await pool.query<object>(sql ?? '', [tenant, id]);
      return rows[0] ?? (await reply.code(404).send({}));
    }
    const client = await pool.connect();
    try {
      await client.query(`BEGIN READ ONLY; SET LOCAL app.tenant_id = '${tenant}'`);
      const { rows } = await client.query<object>(sql ?? '', [tenant, id]);
      await client.query('COMMIT');
      return rows[0] ?? (await reply.code(404).send({}));
    } finally {
      client.release();
    }
  },
);

await server.listen({ port: Number(port), host: '127.0.0.1' });
