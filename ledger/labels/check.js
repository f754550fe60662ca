// A label's code, checked in the browser: the same reading as compact.py and offline.py (docs/formats/labels.md).
//
// 1. What is read is hostile: at most 900 bytes, one map without nesting, every field typed and bounded, one encoding.
// 2. Keys come from the page that holds this script, never from the code. Without Ed25519 nothing is called genuine.
// 3. What the code says reaches the page by textContent only, and names only under a signature that holds.
// 4. Nothing is sent anywhere.

const MOST_BYTES = 900, SIGNATURE = 64, TIME = 1n << 40n, MOST = 1n << 63n;
const CONTEXT = new TextEncoder().encode("carbon-ledger compact statement 1\0");
const COSE_KEY = [0xa3, 1, 1, 0x20, 6, 0x21, 0x58, 0x20];  // {1: 1 (OKP), -1: 6 (Ed25519), -2: x}, up to x

// A field's key in the map is its place here: name, type, limits.
const FIELDS = [
  ["identifier", "text", 255], ["kind", "whole", 2n, 3n], ["host", "text", 96],
  ["period_start", "whole", 0n, TIME], ["period_end", "whole", 1n, TIME],
  ["valid_until", "whole", 0n, TIME], ["issued_at", "whole", 0n, TIME],
  ["issuer", "bytes", 8], ["token", "bytes", 16], ["tree_size", "whole", 0n, MOST],
  ["offset", "whole", -840n, 840n], ["marks", "whole", 0n, 15n], ["uscc", "text", 18],
  ["enterprise", "text", 96], ["product", "text", 96], ["grade", "whole", 0n, 5n], ["k", "whole", 0n, MOST],
  ["level", "whole", 0n, 3n], ["intensity", "whole", -MOST, MOST], ["footprint", "whole", 0n, MOST],
  ["unit", "text", 24], ["status_index", "whole", 0n, MOST], ["link", "text", 120],
];
// What a field is when absent; written out it is refused. The others must be there.
const ABSENT = {
  offset: 0n, marks: 0n, uscc: "", enterprise: "", product: "", grade: 0n, k: 0n, level: 0n, intensity: null,
  footprint: 0n, unit: "", status_index: null, link: "",
};
const COMPARED = ["kind", "grade", "k", "footprint", "unit", "period_start", "period_end", "valid_until"];
const MARKS = ["DEMO", "REPLAYED", "ILLUSTRATIVE", "UNVERIFIED"];

const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/u, UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/;
const IDENTIFIER = /^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*\/[^\s\x00-\x20\x7f-\xa0\ufeff]+$/u;
const FRAGMENT = /^v([0-9]{1,3})\.([A-Za-z0-9_-]*)$/;
const WEB = /^https?:\/\/(?:[^/?#@\s\\]*@)?([^/?#@\s\\]+)(\/[^?#\s\\]*)?(\?[^#\s\\]*)?$/i;
// A Digital Link's primary key before its value; and a trade item's, in its one spelling: variant, batch, serial.
const GS1 = /\/(?:00|01|253|255|40[12]|41[457]|800[346]|801[0378])\/[0-9]{4}/;
const SIGN = "(?:[A-Za-z0-9._-]|%(?:2[125-9A-CF]|3[A-F]))", OF_20 = `${SIGN}{1,20}`;
const ITEM = RegExp(`^/01/([0-9]{14})((/22/${OF_20})?(/10/${OF_20})?(/21/${OF_20})?|/235/${SIGN}{1,28})$`);

/** The text is no code. `message` is `no-statement`, `too-long`, `unknown-version` or `broken`. */
export class Refused extends Error {}

const must = (holds, code = "broken") => { if (!holds) throw new Refused(code); };
const bytesOf = text => new TextEncoder().encode(text).length;
const hex = data => Array.from(data, byte => byte.toString(16).padStart(2, "0")).join("");
// A Digital Link as people read it: (01)…(10)….
const typed = link => link.replace(/\/([^/]*)\/([^/]*)/g, (_, key, value) => `(${key})${decodeURIComponent(value)}`);
const respelled = link => link.split("/").map(part => encodeURIComponent(decodeURIComponent(part))).join("/");
const hasEnded = (said, now) => said.valid_until > 0n && now >= said.valid_until && now >= said.issued_at;
const folded = identifier => identifier.replace(/[A-Z]/g, sign => sign.toLowerCase());

/** Deterministic CBOR, one item at a time: whole numbers, byte and text strings, and the heads of maps. */
class Reader {
  constructor(bytes) { this.left = bytes; }
  take(count) {
    must(count <= this.left.length);
    const taken = this.left.subarray(0, count);
    this.left = this.left.subarray(count);
    return taken;
  }
  head() {
    const first = this.take(1)[0], major = first >> 5, low = first & 31;
    if (low < 24) return [major, BigInt(low)];
    must(low < 28);
    const size = 1 << (low - 24);
    const argument = this.take(size).reduce((sum, byte) => sum << 8n | BigInt(byte), 0n);
    must(argument >= (size === 1 ? 24n : 1n << BigInt(4 * size)));
    return [major, argument];
  }
  item(type, least, most) {
    const [major, argument] = this.head();
    if (type === "whole") {
      const value = major ? -1n - argument : argument;
      must(major < 2 && value >= least && value <= most);
      return value;
    }
    must(type === "bytes" ? major === 2 && argument === BigInt(least) : major === 3 && argument <= least);
    const data = this.take(Number(argument));
    return type === "bytes" ? hex(data) : textOf(data);
  }
}

function textOf(data) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
    if (!INVISIBLE.test(text)) return text;
  } catch { /* no UTF-8 */ }
  throw new Refused("broken");
}

/** The statement: texts, whole numbers as BigInt, byte strings as hex. Throws Refused. */
export function readPayload(data) {
  const reader = new Reader(data), said = { ...ABSENT };
  const [major, count] = reader.head();
  must(major === 5 && count <= FIELDS.length);
  for (let left = count, last = -1n; left > 0n; left--) {
    const [type, key] = reader.head();
    must(type === 0 && key > last && key < FIELDS.length);
    last = key;
    const [name, ...limits] = FIELDS[key];
    said[name] = reader.item(...limits);
    must(said[name] !== ABSENT[name]);
  }
  must(reader.left.length === 0 && FIELDS.every(([name]) => name in said));
  must(HOST.test(said.host) && IDENTIFIER.test(said.identifier) && (!said.uscc || isCreditCode(said.uscc)));
  must(said.period_end > said.period_start && (!said.link || isTradeItem(said.link)));
  if (said.kind === 3n) {
    must(!said.grade && !said.k && !said.level && said.intensity === null && said.unit);
  } else {
    must(!said.footprint && !said.unit && !said.product && !said.link && (said.grade || !said.k));
    must(Boolean(said.level) === (said.intensity !== null));
  }
  return said;
}

/** GB 32100-2015: 18 signs, the region in digits, the check sign last. */
function isCreditCode(code) {
  const values = Array.from(code, sign => "0123456789ABCDEFGHJKLMNPQRTUWXY".indexOf(sign)), check = values.pop();
  const sum = values.reduce((before, value, place) => before + value * 3 ** place % 31, check);
  return code.length === 18 && !values.includes(-1) && check >= 0 && /^..[0-9]{6}/.test(code) && sum % 31 === 0;
}

function isTradeItem(link) {
  const digits = ITEM.exec(link)?.[1];
  return digits && Array.from(digits).reduce((sum, digit, place) => sum + digit * (place % 2 ? 1 : 3), 0) % 10 === 0;
}

/** Base64url in its one spelling. */
function fromBase64(told) {
  try {
    const plain = atob(told.replaceAll("-", "+").replaceAll("_", "/"));
    const again = btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
    if (again === told) return Uint8Array.from(plain, sign => sign.charCodeAt(0));
  } catch { /* no base64 */ }
  throw new Refused("broken");
}

/** What stands behind the `#`: the statement, its bytes and the signature. Throws Refused. */
export function readFragment(fragment) {
  must(fragment.length <= MOST_BYTES, "too-long");
  const found = FRAGMENT.exec(fragment);
  must(found, "no-statement");
  must(found[1] === "1", "unknown-version");
  const blob = fromBase64(found[2]);
  must(blob.length > SIGNATURE);
  const signed = blob.subarray(0, -SIGNATURE);
  return { said: readPayload(signed), signed, signature: blob.subarray(-SIGNATURE) };
}

/** A scanned text: `host`, `named` and `link` are what its address says, "" for nothing. Throws Refused. */
export function readCode(scanned) {
  must(scanned.length <= MOST_BYTES && bytesOf(scanned) <= MOST_BYTES, "too-long");
  must(!UNPRINTABLE.test(scanned), "no-statement");
  const [, address, fragment] = /^ *([^#]*)#(.*?) *$/.exec(scanned) ?? [];
  const web = WEB.exec(address ?? "");
  must(web && FRAGMENT.test(fragment), "no-statement");
  const told = readFragment(fragment);
  return { ...told, host: web[1].toLowerCase(), ...namedBy(web[2] ?? "", web[3] ?? "") };
}

/** An identifier in the path; or a GS1 Digital Link and its certification reference (723x), behind two signs. Whether
 * the link is sound is not looked at: it must be the one that was signed. */
function namedBy(path, query) {
  try {
    const found = /\/(88\.[^/]+\/.+)/s.exec(decodeURIComponent(path))?.[1];
    if (found) must(IDENTIFIER.test(found) && bytesOf(found) <= 255);
    if (found) return { named: found, link: "" };
    must(GS1.test(path), "no-statement");
    const pairs = query.slice(1).split(/[&;]/).map(pair => pair.split(/=(.*)/s).map(decodeURIComponent));
    const reference = pairs.find(([name]) => /^723[0-9]?$/.test(name))?.[1] ?? "";
    return { named: reference.slice(2), link: respelled(path.slice(path.search(GS1)).replace(/\/$/, "")) };
  } catch (fault) {
    throw fault instanceof Refused ? fault : new Refused("broken");
  }
}

/** `holds`, `unvouched`, `wrong-signature`, `unknown-key`, or `unable` where the browser has no Ed25519. A key is raw
 * base64url, then, where it has such times, `:retired:ends`: it vouches for nothing that is dated after the first, and
 * for nothing from the second on but what has expired itself. */
async function signatureOf({ said, signed, signature }, keys, now) {
  try {
    const { subtle } = globalThis.crypto, asOf = hasEnded(said, now) ? said.issued_at : now;
    let state = "unknown-key";
    for (const [told, retired, ends] of keys.map(key => key.split(":"))) {
      const raw = fromBase64(told);
      const print = await subtle.digest("SHA-256", new Uint8Array([...COSE_KEY, ...raw]));
      if (hex(new Uint8Array(print, 0, 8)) !== said.issuer) continue;
      const key = await subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
      const message = new Uint8Array([...CONTEXT, ...signed]);
      const holds = await subtle.verify({ name: "Ed25519" }, key, signature, message) === true;
      if (holds && (!retired || said.issued_at <= BigInt(retired)) && (!ends || asOf < BigInt(ends))) return "holds";
      state = holds || state === "unvouched" ? "unvouched" : "wrong-signature";
    }
    return state;
  } catch {
    return "unable";
  }
}

/** What a signature comes to: `contrary` is what speaks against the code although it holds. */
function judged(state, said, now, contrary) {
  if (state === "unvouched") return contrary === "moved" ? contrary : "unknown-key";
  if (state !== "holds") return state;
  if (contrary) return contrary;
  if (now < said.issued_at) return "not-yet";
  return hasEnded(said, now) ? "expired" : "valid";
}

/** A scanned text for itself, at a time in Unix seconds. Throws Refused. */
export async function check(scanned, keys, now) {
  const code = readCode(scanned), { said, host, named, link } = code;
  const notes = [...(host === said.host ? [] : ["other-host"]), ...(named || said.link ? [] : ["unbound"])];
  const names = ["", said.identifier, said.identifier.replace(/^[^/]*\//, "")].map(folded);
  const state = await signatureOf(code, keys, now);
  const fits = names.includes(folded(named)) && (!link || !said.link || link === respelled(said.link));
  const outcome = judged(state, said, now, fits ? "" : "moved");
  return { outcome, notes, said, named: outcome === "moved" ? named || typed(link) : "" };
}

/** A fragment against the page that was opened with it. `page` has fields of the code; `unit` is null where the page
 * does not know it, and `token` is whole. Throws Refused. */
export async function compare(fragment, page, host, keys, now) {
  const code = readFragment(fragment), { said } = code;
  const elsewhere = folded(page.identifier) !== folded(said.identifier);
  const differs = elsewhere || COMPARED.some(name => page[name] !== null && page[name] !== said[name]);
  const contrary = elsewhere ? "moved" : page.token.startsWith(said.token) ? differs && "contradicts" : "earlier";
  const state = await signatureOf(code, keys, now);
  const outcome = state === "unable" && differs ? "unable-differs" : judged(state, said, now, contrary);
  return { outcome, notes: said.host === host ? [] : ["other-host"], said, page };
}

/** The placeholders that a page's rows may have. */
function wordsOf(said, offset, now, { noEnd, units }) {
  const day = at => new Date(Number(at + offset * 60n) * 1000).toISOString().split("T")[0];
  const decimal = count => count < 0n ? `-${decimal(-count)}`
    : `${count / 1000000n}.${String(count % 1000000n).padStart(6, "0")}`.replace(/\.?0+$/, "");
  const counted = new Map(Object.entries(JSON.parse(units || "{}")));
  const unit = said.unit?.replace(/\{([^{}]*)\}/g, (_, name) => counted.get(name) ?? name);
  return {
    ...said, unit, [`kind.${said.kind}`]: "-", [`level.${said.level}`]: "-", grade: said.grade || "",
    start: day(said.period_start), end: day(said.period_end - 1n), issued: day(said.issued_at ?? 0n),
    until: said.valid_until ? day(said.valid_until - 1n) : noEnd, checked: day(now), item: typed(said.link ?? ""),
    k: decimal(said.k), footprint: decimal(said.footprint), intensity: decimal(said.intensity ?? 0n),
    marks: MARKS.filter((_, bit) => (said.marks ?? 0n) >> BigInt(bit) & 1n).join(" "),
  };
}

/** Reveals what the page has for this outcome: `data-when` names outcomes and notes, a row's `data-fact` the word that
 * it needs, `data-text` what it says; `data-compared` rows also show what the page says, where that differs;
 * `data-vouched-only` ones are not shown of a code that nobody vouches for. */
function show(root, { outcome, notes = [], said, page, named }, now) {
  const vouched = !/wrong|unknown|unable/.test(outcome), { pageSays } = root.dataset;
  const [own, other] = [said, page].map(one => one && { ...wordsOf(one, said.offset, now, root.dataset), named });
  const fill = (words, text) => text.replace(/\{(\w+)\}/g, (_, name) => words[name] ?? "");
  for (const node of root.querySelectorAll("[data-when]")) {
    node.hidden = !node.dataset.when.split(" ").some(name => name === outcome || notes.includes(name));
  }
  for (const row of root.querySelectorAll("[data-fact]")) {
    const { fact, text, compared, vouchedOnly } = row.dataset, last = row.lastElementChild;
    const [here, there] = [own, other].map(words => words?.[fact] ? fill(words, text) : "");
    const differs = Boolean(other) && compared !== undefined && here !== there;
    row.hidden = !(here || differs) || (vouchedOnly !== undefined && !vouched);
    row.classList.toggle("differs", differs);
    last.textContent = here || "–";
    if (!differs) continue;
    last.append(Object.assign(document.createElement("b"), { textContent: `${pageSays} ${there || "–"}` }));
    row.closest("details").open = true;
  }
  root.hidden = false;
}

function start(root) {
  const keys = root.dataset.keys.split(" ").filter(Boolean), find = name => root.querySelector(name);
  let turn = 0;
  const attempt = async work => {
    const asked = find("input")?.valueAsNumber || Number(root.dataset.now) * 1000 || Date.now();
    const mine = ++turn, now = BigInt(Math.floor(asked / 1000));
    const told = await work(now).catch(fault => ({ outcome: fault instanceof Refused ? fault.message : "unable" }));
    if (mine === turn) show(root, told, now);
  };
  if (!root.dataset.page) {  // kept as a file
    const asked = async now => check(find("textarea").value.trim(), keys, now);
    return find("button").addEventListener("click", () => attempt(asked));
  }
  const numbers = COMPARED.filter(name => name !== "unit");
  const page = JSON.parse(root.dataset.page, (name, value) => numbers.includes(name) ? BigInt(value) : value);
  const opened = () => {
    turn++;
    root.hidden = true;
    if (!/^#v[0-9]/i.test(location.hash)) return;
    root.append(find("template").content);
    document.querySelector(".language").hash = location.hash;
    find("textarea").value = location.origin + location.pathname + location.hash;
    attempt(async now => compare(location.hash.slice(1), page, location.host, keys, now));
  };
  addEventListener("hashchange", opened);
  opened();
}

const root = globalThis.document?.getElementById("label-check");
if (root) start(root);
