/** The packet tests of the templates notice what they are for: each of these mistakes makes at least one case fail. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHelperPool, type HelperPool } from "../../../main/helpers/helper-pool.ts";
import { testPackets } from "../../../main/packets/test-packets.ts";
import { buildHelper, root, skipReason } from "../helper/harness.ts";

/** template, what stands there, what is put in its place */
const mistakes: readonly (readonly [string, string, string])[] = [
  ["pass", "return XDP_PASS;", "return XDP_DROP;"],
  ["drop", "return XDP_DROP;", "return XDP_ABORTED;"],
  ["packet-counters", "&rec->rx_bytes, ctx->data_end - ctx->data", "&rec->rx_bytes, 64"],
  ["packet-counters", "case XDP_TX:\n\t\treturn XDP_TX;", ""],
  ["header-parser", "#define MAX_TAGS 2", "#define MAX_TAGS 1"],
  ["header-parser", "#define FRAGMENT_OFFSET 0x1fff", "#define FRAGMENT_OFFSET 0x3fff"],
  ["header-parser", "cur->pos += length;", "cur->pos += sizeof(*ip);\n\tif (length > 20) return NULL;"],
  ["header-parser", "bpf_ntohs(tag->tci) & VID_MASK", "bpf_ntohs(tag->tci)"],
  ["ipv4-blocklist", "source.addr = ip->saddr;", "source.addr = ip->daddr;"],
  ["ipv4-blocklist", ".prefixlen = 32", ".prefixlen = 24"],
  ["port-filter", "service.port = ports->dest;", "service.port = ports->source;"],
  ["port-filter", "next += ip->ihl * 4;", "next += 20;"],
  ["port-filter", "#define FRAGMENT_OFFSET 0x1fff", "#define FRAGMENT_OFFSET 0"],
  ["rate-limiter", "if (bucket->level < TOKEN)", "if (bucket->level <= TOKEN)"],
  ["rate-limiter", "if (now <= bucket->filled)\n\t\treturn;", ""],
  ["rate-limiter", "source = ip->saddr;", "source = 0;"],
  ["icmp-echo", "ip->check = updated(ip->check, old, *word);", ""],
  ["icmp-echo", "#define FRAGMENT 0x3fff", "#define FRAGMENT 0x1fff"],
  ["icmp-echo", "icmp->code != 0", "0"],
  ["icmp-echo", "sum = (sum & 0xffff) + (sum >> 16);\n\tsum = (sum & 0xffff) + (sum >> 16);", ""],
  ["vlan-push-pop", "tagged->proto = old.h_proto;", "tagged->proto = 0;"],
  ["vlan-push-pop", "rule->action == TAG_PUSH && !tagged", "rule->action == TAG_PUSH"],
  ["vlan-push-pop", "eth->h_proto = old.proto;", "eth->h_proto = old.tag_type;"],
  ["l2-forward", "eth->h_dest, ETH_ALEN", "eth->h_source, ETH_ALEN"],
  ["l2-forward", "entry->port, XDP_PASS", "entry->port, XDP_DROP"],
  ["ipv4-router", "check + (check >= 0xffff)", "check"],
  ["ipv4-router", "ip->ttl <= 1", "ip->ttl < 1"],
  ["ipv4-router", "__builtin_memcpy(eth->h_source, hop->src, ETH_ALEN);", ""],
  ["fib-router", "ip->ttl <= 1", "ip->ttl < 1"],
  ["load-balancer", "outer->check = ip_checksum(outer);", "outer->check = ip_checksum(outer) + 1;"],
  ["load-balancer", "outer->tot_len = bpf_htons(length);", "outer->tot_len = bpf_htons(length - 20);"],
  ["load-balancer", "drawn = mix(flow ^ mix(candidate->addr));", "drawn = mix(flow ^ key);"],
  ["cpu-steering", "cpu = over->first +", "cpu ="],
  ["afxdp-steering", "port = udp->dest;", "port = udp->source;"],
  ["afxdp-steering", "ctx->rx_queue_index, XDP_PASS", "ctx->rx_queue_index, XDP_DROP"],
  ["event-sampler", "__sync_fetch_and_add(&sampler->packets, 1);", ""],
  ["event-sampler", "__sync_fetch_and_add(&sampler->lost, 1);", ""],
];

describe.skipIf(skipReason !== "")(`the packet tests of the templates ${skipReason}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "xdpwt-mutants-"));
  let helpers: HelperPool;
  beforeAll(async () => {
    await buildHelper();
    helpers = createHelperPool({ asking: { terminal: false }, changed: () => undefined, progress: () => undefined });
  });
  afterAll(async () => {
    await helpers?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(mistakes.map((mistake, index) => [...mistake, index] as const))(
    "%s: notice a mistake in %j",
    async (template, there, mistake, index) => {
      const copy = join(folder, `${index}`);
      cpSync(join(root, "bpf-templates", template), copy, { recursive: true });
      const path = join(copy, "program.bpf.c");
      const source = readFileSync(path, "utf8");
      expect(source).toContain(there);
      writeFileSync(path, source.replace(there, mistake));
      const report = await testPackets(helpers, { path: copy, netns: null });
      expect(report.failed).toBeGreaterThan(0);
    },
  );
});
