/** Applies the big change to a map and is killed meanwhile: `node THIS STATE-DIRECTORY MAP-ID`. */
import { bigChange, bigCount, never, openRooms } from "./changing.ts";

const [, , state = "", id = ""] = process.argv;
const { helpers, handlers } = openRooms(state, (done) => process.stdout.write(`${done}\n`));
await helpers.elevated("test");
process.stdout.write("ready\n");
const changes = Array.from({ length: bigCount }, (_, at) => bigChange(at));
const applied = await handlers["maps.apply"](
  { id: Number(id), netns: null, title: "import", changes },
  { token: never },
);
process.stdout.write(`whole ${applied.done}\n`);
await helpers.close();
