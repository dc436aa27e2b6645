/* What every bad program here begins with. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <bpf/bpf_helpers.h>
#ifndef OWN_LICENSE
char LICENSE[] SEC("license") = "GPL";
#endif
#define keep(x) __asm__ volatile("" : "+r"(x))
