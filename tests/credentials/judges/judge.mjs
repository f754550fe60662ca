// Verifiers by others, asked by the tests: a JSON array of questions on stdin, the array of their answers on stdout.
// What a verifier wants to load is in the question; only the judge "outsider" fetches it, from a gateway that runs.

import * as vc from '@digitalbazaar/vc';
import * as statusList from '@digitalbazaar/vc-bitstring-status-list';
import {createVerifyCryptosuite} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {digest, ES256, generateSalt} from '@sd-jwt/crypto-nodejs';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import {decodeJwt, decodeProtectedHeader, importJWK, jwtVerify} from 'jose';
import jsonld from 'jsonld';

const MULTIKEY = 'https://w3id.org/security/multikey/v1';

function loader(documents) {
  return vc.defaultDocumentLoader && (async url => {
    const [address, fragment] = url.split('#');
    if(documents[address] === undefined) {
      return vc.defaultDocumentLoader(url);
    }
    const whole = documents[address];
    const method = fragment && (whole.verificationMethod || []).find(({id}) => id === url);
    const document = method ? {'@context': MULTIKEY, ...method} : whole;
    return {contextUrl: null, documentUrl: url, document};
  });
}

async function credential({credential, documents, now}) {
  const documentLoader = loader(documents);
  const suite = new DataIntegrityProof({cryptosuite: createVerifyCryptosuite()});
  let states;
  const checkStatus = async options => {
    const found = await statusList.checkStatus(options);
    states = (found.results || []).map(({status}) => status);
    if(found.error) {
      throw found.error;
    }
    return found;
  };
  const options = {credential, suite, documentLoader, checkStatus, now: new Date(now * 1000)};
  const found = await vc.verifyCredential(options);
  const error = found.error && (found.error.errors || [found.error]).map(({message}) => message).join('; ');
  return {verified: found.verified, states, error};
}

async function token({token, jwk, typ, now}) {
  const key = await importJWK(jwk, jwk.kty === 'EC' ? 'ES256' : 'EdDSA');
  const {payload} = await jwtVerify(token, key, {typ, currentDate: new Date(now * 1000)});
  return {verified: true, payload};
}

async function sdJwt({token, jwk, list, metadata, now, required, kb}) {
  const verifier = await ES256.getVerifier(jwk);
  const kbVerifier = async (data, signature, {cnf}) => (await ES256.getVerifier(cnf.jwk))(data, signature);
  const instance = new SDJwtVcInstance({
    verifier, kbVerifier, statusVerifier: verifier, hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt,
    statusListFetcher: async () => list,
    loadTypeMetadataFormat: metadata !== undefined,
    vctFetcher: async () => metadata
  });
  const options = {requiredClaimKeys: required, currentDate: now, keyBindingNonce: kb && kb.nonce};
  const found = await instance.verify(token, options);
  return {verified: true, payload: found.payload, metadata: found.typeMetadata, kb: found.kb};
}

async function wallet({token, jwk, frame, kb}) {
  const kbSigner = await ES256.getSigner(jwk);
  const instance = new SDJwtVcInstance({
    kbSigner, kbSignAlg: 'ES256', hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt
  });
  return {verified: true, presentation: await instance.present(token, frame, {kb: {payload: kb}})};
}

async function bit({list, index}) {
  const decoded = await statusList.decodeList({encodedList: list});
  return {verified: true, length: decoded.length, bit: decoded.getStatus(index)};
}

// In safe mode a member or a type that no context defines is an error, instead of being dropped.
async function expand({document, documents}) {
  const expanded = await jsonld.expand(document, {safe: true, documentLoader: loader(documents)});
  return {verified: true, expanded};
}

async function load(url, accept) {
  const response = await fetch(url, {headers: accept ? {accept} : {}});
  if(!response.ok) {
    throw new Error(`${url}: ${response.status}`);
  }
  return response;
}

// did:web without TLS, which a test on loopback does without.
function didDocument(did) {
  const [host, ...folders] = did.split(':').slice(2).map(decodeURIComponent);
  return load(`http://${host}/${folders.length ? folders.join('/') : '.well-known'}/did.json`).then(r => r.json());
}

function remoteLoader(documents) {
  const local = loader(documents);
  return async url => {
    const [address] = url.split('#');
    if(address.startsWith('did:web:')) {
      return loader({[address]: await didDocument(address)})(url);
    }
    if(url.startsWith('http://127.0.0.1')) {
      const response = await load(url, 'application/ld+json, application/json');
      return {contextUrl: null, documentUrl: url, document: await response.json()};
    }
    return local(url);
  };
}

// Everything by the address of one credential: keys, lists, contexts, metadata of the type.
async function outsider({url, documents}) {
  const documentLoader = remoteLoader(documents);
  const suite = new DataIntegrityProof({cryptosuite: createVerifyCryptosuite()});
  const states = {};
  for(const form of ['vc', 'dcc']) {
    const credential = await load(`${url}?form=${form}`).then(r => r.json());
    const options = {documentLoader, suite, verifyBitstringStatusListCredential: true};
    const checkStatus = more => statusList.checkStatus({...more, ...options});
    const found = await vc.verifyCredential({credential, suite, documentLoader, checkStatus});
    states[form] = [found.verified, ...found.statusResult.results.map(({status}) => status)];
    await jsonld.expand(credential, {safe: true, documentLoader});
  }
  const token = await load(url, 'application/vc+jwt').then(r => r.text());
  const {alg, kid} = decodeProtectedHeader(token);
  const method = (await didDocument(kid.split('#')[0])).verificationMethod.find(({id}) => id === kid);
  await jwtVerify(token, await importJWK(method.publicKeyJwk, alg), {typ: 'vc+jwt'});
  const sdJwt = await load(url, 'application/dc+sd-jwt').then(r => r.text());
  const [header, {iss}] = [decodeProtectedHeader(sdJwt.split('~')[0]), decodeJwt(sdJwt.split('~')[0])];
  const {origin, pathname} = new URL(iss);
  const folder = pathname === '/' ? '' : pathname;
  const {issuer, jwks} = await load(`${origin}/.well-known/jwt-vc-issuer${folder}`).then(r => r.json());
  const verifier = await ES256.getVerifier(jwks.keys.find(({kid}) => kid === header.kid));
  const instance = new SDJwtVcInstance({
    verifier, hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt, loadTypeMetadataFormat: true
  });
  const found = await instance.verify(sdJwt);
  return {verified: true, states, issuer: issuer === iss, type: found.typeMetadata.mergedTypeMetadata.vct};
}

const JUDGES = {outsider, credential, token, sdJwt, wallet, bit, expand};

async function answer({judge, ...question}) {
  try {
    return await JUDGES[judge](question);
  } catch(error) {
    return {verified: false, error: String(error && error.message || error)};
  }
}

let input = '';
for await (const chunk of process.stdin) {
  input += chunk;
}
const answers = [];
for(const question of JSON.parse(input)) {
  answers.push(await answer(question));
}
process.stdout.write(JSON.stringify(answers));
