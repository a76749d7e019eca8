/**
 * What a program does with the TypeScript client, told as JSON for test_clients.py.
 * Arguments: the address, a losing proxy to it, a key, and a folder with good.xml and bad.xml.
 */
import { readFile } from "node:fs/promises";

import { NotReached, Refused, Shoupiao, StillWaiting } from "../../clients/typescript/shoupiao.ts";

const [address = "", losing = "", key = "", folder = ""] = process.argv.slice(2);
const shoupiao = new Shoupiao(address, key);
const file = async (name: string) => ({ name, content: await readFile(`${folder}/${name}`) });
const failed = (error: any) => ({ name: error.name, status: error.status, code: error.code, zh: error.zh });

const sent = await new Shoupiao(losing, key).send([await file("good.xml"), await file("bad.xml")], "ts/批次 1");
const again = await shoupiao.send([await file("good.xml"), await file("bad.xml")], "ts/批次 1");
const [good, bad] = await shoupiao.wait(sent.id, 120);
const mended = await new Shoupiao(losing, key).mend(bad!.id, await file("mended.xml"));
const [after] = await shoupiao.wait(mended.id, 120);

let place = 0;
const types = new Set<string>();
for await (const page of shoupiao.follow(place, [], 0)) {
  page.changes.forEach((one) => types.add(one.type));
  place = page.next;
  if (!page.more) break;
}

const story = {
  sent,
  again,
  states: [good!.state, bad!.state, after!.state],
  rules: bad!.reasons.map((one) => one.rule),
  feedback: await shoupiao.feedback(bad!.id),
  where: (await shoupiao.where(good!.invoices[0]!.fields.invoice_number.value)).code,
  whereIs: (await shoupiao.whereIs(await file("good.xml"))).code,
  types: [...types].sort(),
  refused: await shoupiao.document("nobody").catch(failed),
  stranger: await new Shoupiao(address, "sp0.nothing").document(good!.id).catch(failed),
  nobody: await new Shoupiao("http://127.0.0.1:9", key, { patience: 1 }).document(good!.id).catch(failed),
  kinds: [Refused.name, NotReached.name, StillWaiting.name],
};
console.log(JSON.stringify(story));
