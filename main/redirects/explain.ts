/**
 * What a count of a tracepoint means, in words, and what would help. Pure. The reasons for each errno are those of
 * net/core/filter.c (xdp_do_redirect), kernel/bpf/devmap.c, kernel/bpf/cpumap.c, net/xdp/xsk.c and drivers/net/veth.c.
 */
import { assertNever } from "../../protocol/failures.ts";
import type { RedirectCount, RedirectRow } from "../../protocol/redirects.ts";
import { errnoName, errnoWords } from "./errno-names.ts";
import { actionName, sayEnd, sayPlace } from "./name-ends.ts";
import { lookAtMap, passOn, raiseMtu, setUp, turnOnGro } from "./remedies.ts";

export type Explanation = Pick<RedirectRow, "title" | "meaning" | "remedies">;

export function explain(count: RedirectCount): Explanation {
  return count.drops === "0" ? wentWell(count) : wentWrong(count);
}

function wentWell({ tracepoint, map }: RedirectCount): Explanation {
  const said = (title: string, meaning: string): Explanation => ({ title, meaning, remedies: [] });
  switch (tracepoint) {
    case "redirect":
      return map?.type === "cpumap"
        ? said("redirected to a CPU", "They wait in the CPU's queue: the rows of that map tell what came of them.")
        : map?.type === "xskmap"
          ? said("redirected to a socket", "The AF_XDP socket took them.")
          : said(
              "redirected",
              "The kernel accepted them for the target. In native mode a row “sent” says what went out.",
            );
    case "devmap_xmit":
      return said("sent", "The target's driver took them.");
    case "bulk_tx":
      return said("sent back", "XDP_TX: they went out of the interface that they came in by.");
    case "cpumap_enqueue":
      return said("queued for a CPU", "They wait for the CPU's kernel thread.");
    case "cpumap_kthread":
      return said(
        "taken by a CPU",
        "The CPU's kernel thread handed them to the network stack, or to the map's program.",
      );
    case "exception":
    case "redirect_err":
      return said("nothing lost", "");
    default:
      return assertNever(tracepoint);
  }
}

function wentWrong(count: RedirectCount): Explanation {
  const { tracepoint } = count;
  switch (tracepoint) {
    case "exception":
      return exception(count);
    case "bulk_tx":
      return sentBack(count);
    case "redirect":
    case "redirect_err":
    case "devmap_xmit":
      return notTaken(count);
    case "cpumap_enqueue":
      return {
        title: "the CPU's queue is full",
        meaning:
          "More came than the CPU's kernel thread takes out. The queue's length is the value of the cpumap's entry (qsize).",
        remedies: lookAtMap(count.map, "see the queue's length, and make it longer or spread over more CPUs"),
      };
    case "cpumap_kthread":
      return {
        title: "dropped by the CPU's thread",
        meaning:
          "The cpumap's own program dropped them (XDP_DROP or XDP_ABORTED), or there was no memory for their socket buffers.",
        remedies: lookAtMap(count.map, "see which program the entry names"),
      };
    default:
      return assertNever(tracepoint);
  }
}

function exception({ action, program, from }: RedirectCount): Explanation {
  const who = program === null || program.name === "" ? "the program" : program.name;
  const where = from === null ? "" : ` on ${sayEnd(from)}`;
  const name = actionName(action);
  if (name === "XDP_ABORTED") {
    const maps = program?.maps ?? [];
    const slots = maps.map((map) => map.name).join(", ");
    return {
      title: maps.length > 0 ? `aborted: perhaps an empty slot of ${slots}` : "aborted by the program: XDP_ABORTED",
      meaning:
        maps.length > 0
          ? `${who} returned XDP_ABORTED${where}. So does bpf_redirect_map() where the slot is empty, unless its flags name another action: each packet is dropped.`
          : `${who} returned XDP_ABORTED${where}, which is for its own errors: each packet is dropped.`,
      remedies: maps.flatMap((map) => lookAtMap(map, `see which slots of ${map.name} are set`)),
    };
  }
  if (name === "XDP_TX" || name === "XDP_REDIRECT") {
    return {
      title: `${name} failed in the driver`,
      meaning: `The driver could not carry out ${name}${where}: its transmit queue is full or not set up for XDP, or the row of the redirect tells why.`,
      remedies: [],
    };
  }
  if (action > 4) {
    return {
      title: `unknown action ${action}`,
      meaning: `${who} returned ${action}${where}, which is no XDP action (0 to 4): each packet is dropped. A path of it may end without setting its result.`,
      remedies: [],
    };
  }
  return {
    title: `${name} failed in the driver`,
    meaning: `The driver could not carry out ${name}${where}, often for lack of memory.`,
    remedies: [],
  };
}

/** XDP_TX of a veth goes into its peer, which takes it only while it runs a program: GRO alone is not enough. */
function sentBack({ errno, target, from }: RedirectCount): Explanation {
  if (errno === 6 && target?.kind === "veth") {
    const peer = target.peer;
    return {
      title: "the other end has no XDP program: ENXIO",
      meaning: `XDP_TX on ${sayPlace(target.place)} goes into its peer${peer === null ? "" : ` ${sayPlace(peer.place)}`}, and a veth takes such packets only while it runs a native XDP program itself: all were lost. GRO alone is not enough for XDP_TX.`,
      remedies: peer === null || peer.runsProgram ? [] : [passOn(peer.place)],
    };
  }
  return ringFullOr(errno, from === null ? "the interface" : sayEnd(from));
}

function notTaken(count: RedirectCount): Explanation {
  const { errno, to, map, from } = count;
  const target = to === null ? "the target" : sayEnd(to);
  switch (errnoName(errno)) {
    case "EOPNOTSUPP":
    case "ENXIO":
      return map?.type === "xskmap" && errno === 6
        ? said("the AF_XDP socket is not bound: ENXIO", "The socket in the slot was closed or is not bound to a queue.")
        : takesNone(count, target);
    case "ENETDOWN":
      return {
        title: "target is down: ENETDOWN",
        meaning: `${target} is not up, so nothing can be sent there.`,
        remedies: count.target === null || count.target.up ? [] : [setUp(count.target.place)],
      };
    case "EMSGSIZE":
      return {
        title: "longer than the target's MTU: EMSGSIZE",
        meaning: `The packets are longer than the MTU of ${target}${count.target === null ? "" : ` (${count.target.mtu})`} with its headers; XDP cuts none into fragments.`,
        remedies: count.target === null ? [] : [raiseMtu(count.target.place, count.target.mtu)],
      };
    case "EINVAL":
      return map?.type === "xskmap"
        ? said(
            "the AF_XDP socket is of another interface or queue: EINVAL",
            "A socket only takes packets of the interface and the queue that it is bound to: the slot must be that queue's number.",
          )
        : to !== null && to.place === null
          ? said(
              "there is no such interface: EINVAL",
              `bpf_redirect() named ifindex ${to.ifindex}, and the namespace of ${from === null ? "the receiving interface" : sayEnd(from)} has none of that number. A number means something within one namespace only.`,
            )
          : said("the redirect was not valid: EINVAL", `The kernel refused the target ${target}.`);
    case "ENOSPC":
      return map?.type === "cpumap"
        ? {
            title: "the CPU's queue is full: ENOSPC",
            meaning: "More came than the CPU's kernel thread takes out.",
            remedies: lookAtMap(map, "see the queue's length, and make it longer or spread over more CPUs"),
          }
        : said(
            "no room at the target: ENOSPC",
            `The queue of ${target} is full, or the packet is longer than a frame of the socket.`,
          );
    case "ENOBUFS":
      return said(
        "the socket's ring is full: ENOBUFS",
        "The AF_XDP socket has no free frame, or its reader is too slow: fill its ring sooner, or make it larger.",
      );
    case "EOVERFLOW":
      return said(
        "no headroom: EOVERFLOW",
        "The program left too little room before the packet for the kernel's own record of it: it grew the packet by too much.",
      );
    case "ENOENT":
      return said("the map has no such entry: ENOENT", "The slot was emptied in the middle.");
    case "EBADRQC":
      return said(
        "no redirect was prepared: EBADRQC",
        "The program returned XDP_REDIRECT without a call of bpf_redirect() or bpf_redirect_map() that succeeded.",
      );
    default:
      return ringFullOr(errno, target);
  }
}

function takesNone({ errno, to, target }: RedirectCount, name: string): Explanation {
  const code = errnoName(errno);
  if (target?.kind === "veth") {
    const peer = target.peer;
    const other = peer === null ? "its peer" : `its peer ${sayPlace(peer.place)}`;
    const now = target.takesRedirects === true ? " By now it takes them." : "";
    return {
      title: `target has no XDP program: ${code}`,
      meaning: `${name} is a veth, and takes redirected packets only while ${other} runs a native XDP program or has GRO on: all were lost.${now}`,
      remedies:
        peer === null || target.takesRedirects === true || peer.runsProgram
          ? []
          : [passOn(peer.place), turnOnGro(peer.place)],
    };
  }
  // drivers of NICs set up their queues for XDP with the first program
  const mayHelp = target !== null && !target.runsProgram && target.takesRedirects !== true;
  return {
    title: mayHelp ? `target has no XDP program: ${code}` : `target takes no redirected packets: ${code}`,
    meaning: `${to === null ? "The target" : name} has no way in for redirected packets${errno === 95 ? " (ndo_xdp_xmit), or none for packets in fragments" : " set up"}. Many drivers make it when they run a program themselves.`,
    remedies: mayHelp ? [passOn(target.place)] : [],
  };
}

function ringFullOr(errno: number, target: string): Explanation {
  return errno === 0
    ? said(
        "the target's ring is full",
        `${target} took fewer packets than came: its transmit ring was full. Send slower, make the ring longer (ethtool -G), or give it more queues.`,
      )
    : said(`the target refused: ${errnoName(errno)}`, `${target} refused the packets: ${errnoWords(errno)}.`);
}

function said(title: string, meaning: string): Explanation {
  return { title, meaning, remedies: [] };
}
