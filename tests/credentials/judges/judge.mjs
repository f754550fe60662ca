// Verifiers by others, asked by the tests: a JSON array of questions on stdin, the array of their answers on stdout.
// Nothing is fetched: what a verifier wants to load is in the question.

import * as vc from '@digitalbazaar/vc';
import * as statusList from '@digitalbazaar/vc-bitstring-status-list';
import {createVerifyCryptosuite} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {digest, ES256, generateSalt} from '@sd-jwt/crypto-nodejs';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import {importJWK, jwtVerify} from 'jose';
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

const JUDGES = {credential, token, sdJwt, wallet, bit, expand};

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
