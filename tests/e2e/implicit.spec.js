/** The implicit flow with its three response types. */

import assert from 'node:assert/strict';
import { clients } from '../op/op.js';
import { ana, ask, call, element, isIdTokenOf, session, signIn, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op } = await world();
const implicit = (type) => tag({ 'client-id': clients.implicit, flow: 'implicit', ...(type && { 'response-type': type }) });

story('id_token, the default', async (scene) => {
  const page = await scene.visit({ head: implicit(), body: element });
  await signIn(page);
  isIdTokenOf((await ask(page)).token, { op, client: clients.implicit });
  const [asked] = op.asked('authorize').filter((one) => one.params.prompt !== 'none');
  assert.equal(asked.params.response_type, 'id_token');
  assert.ok(asked.params.nonce);
  assert.equal(asked.params.code_challenge, undefined);
  assert.equal(op.asked('token').length, 0);
  assert.equal((await session(page)).subject, ana.subject);
});

story('token', async (scene) => {
  const page = await scene.visit({ head: implicit('token'), body: element });
  await signIn(page);
  const { token } = await ask(page);
  assert.ok(await op.alive(token), 'an access token that the provider issued');
  const [asked] = op.asked('authorize').filter((one) => one.params.prompt !== 'none');
  assert.equal(asked.params.response_type, 'token');
  const { subject, claims } = await session(page);
  assert.equal(subject, null, 'nobody has said who this is');
  assert.deepEqual(claims, {});
});

story('id_token token', async (scene) => {
  const page = await scene.visit({ head: implicit('id_token token'), body: element });
  await signIn(page);
  isIdTokenOf((await ask(page)).token, { op, client: clients.implicit });
  assert.ok(await op.alive((await call(page, 'getToken', { kind: 'access_token' })).value));
  const [asked] = op.asked('authorize').filter((one) => one.params.prompt !== 'none');
  assert.deepEqual(asked.params.response_type.split(' ').sort(), ['id_token', 'token']);
  assert.equal(op.asked('token').length, 0);
});

story('handOver: access_token', async (scene) => {
  const page = await scene.visit({ head: tag({ 'client-id': clients.implicit, flow: 'implicit', 'response-type': 'id_token token', 'hand-over': 'access_token' }), body: element });
  await signIn(page);
  assert.ok(await op.alive((await ask(page)).token));
});
