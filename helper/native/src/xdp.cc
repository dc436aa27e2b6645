// RTM_GETLINK and RTM_SETLINK with IFLA_XDP (net/core/rtnetlink.c, dev_change_xdp_fd in net/core/dev.c).
#include <bpf/bpf.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "addon.h"
#include "arguments.h"
#include "netlink.h"

#ifndef XDP_FLAGS_REPLACE
#define XDP_FLAGS_REPLACE (1U << 4)
#endif

namespace xdpw {

namespace {

/** since Linux 5.6; an enumerator, so it cannot be asked for with #ifdef */
constexpr uint16_t kExpectedFd = 8;
constexpr uint32_t kSkipStatistics = 1 << 3;  // RTEXT_FILTER_SKIP_STATS

ifinfomsg Interface(uint32_t ifindex) {
  ifinfomsg message = {};
  message.ifi_family = AF_UNSPEC;
  message.ifi_index = static_cast<int>(ifindex);
  return message;
}

struct Mode {
  uint32_t flag;
  const char* name;
};

Mode ToMode(const Napi::Value& value) {
  std::string mode = ToText(value, "mode");
  if (mode == "native") return {XDP_FLAGS_DRV_MODE, "native"};
  if (mode == "skb") return {XDP_FLAGS_SKB_MODE, "skb"};
  if (mode == "hw") return {XDP_FLAGS_HW_MODE, "hw"};
  throw Napi::TypeError::New(value.Env(), "argument mode must be native, skb or hw");
}

/** XDP_FLAGS_REPLACE always; -1 as program detaches, -1 as expected means that there must be none */
void SetProgram(uint32_t ifindex, uint32_t mode, int program, int expected, const std::string& what) {
  ifinfomsg interface = Interface(ifindex);
  NetlinkRequest request(RTM_SETLINK, &interface, sizeof(interface));
  uint32_t flags = mode | XDP_FLAGS_REPLACE;
  size_t nest = request.Begin(IFLA_XDP);
  request.PutInt(IFLA_XDP_FD, program);
  request.Put(IFLA_XDP_FLAGS, &flags, sizeof(flags));
  request.PutInt(kExpectedFd, expected);
  request.End(nest);
  NetlinkSocket(NETLINK_ROUTE).Ask(request, "RTM_SETLINK", what, [](const uint8_t*, size_t) {});
}

Napi::Value XdpAttach(const Napi::CallbackInfo& info) {
  auto options = ToObject(info[0], "options");
  uint32_t ifindex = ToUint32(options.Get("ifindex"), "ifindex");
  Mode mode = ToMode(options.Get("mode"));
  int program = ToFd(options.Get("programFd"), "programFd");
  Napi::Value expected = options.Get("expectedFd");
  int expectedFd = expected.IsNull() ? -1 : ToFd(expected, "expectedFd");
  SetProgram(ifindex, mode.flag, program, expectedFd,
             "attach to ifindex " + std::to_string(ifindex) + " in " + mode.name + " mode");
  return info.Env().Undefined();
}

Napi::Value XdpDetach(const Napi::CallbackInfo& info) {
  auto options = ToObject(info[0], "options");
  uint32_t ifindex = ToUint32(options.Get("ifindex"), "ifindex");
  Mode mode = ToMode(options.Get("mode"));
  int expected = ToFd(options.Get("expectedFd"), "expectedFd");
  SetProgram(ifindex, mode.flag, -1, expected,
             "detach from ifindex " + std::to_string(ifindex) + " in " + mode.name + " mode");
  return info.Env().Undefined();
}

Napi::Value XdpQuery(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  uint32_t ifindex = ToUint32(info[0], "ifindex");
  ifinfomsg interface = Interface(ifindex);
  NetlinkRequest request(RTM_GETLINK, &interface, sizeof(interface));
  request.Put(IFLA_EXT_MASK, &kSkipStatistics, sizeof(kSkipStatistics));

  uint32_t native = 0, skb = 0, hw = 0;
  auto readXdp = [&](uint16_t type, const uint8_t* data, size_t size) {
    if (type == IFLA_XDP_DRV_PROG_ID) native = AttributeUint32(data, size);
    if (type == IFLA_XDP_SKB_PROG_ID) skb = AttributeUint32(data, size);
    if (type == IFLA_XDP_HW_PROG_ID) hw = AttributeUint32(data, size);
  };
  auto readLink = [&](uint16_t type, const uint8_t* data, size_t size) {
    if (type == IFLA_XDP) EachAttribute(data, size, readXdp);
  };
  NetlinkSocket(NETLINK_ROUTE)
      .Ask(request, "RTM_GETLINK", "query of ifindex " + std::to_string(ifindex),
           [&](const uint8_t* payload, size_t size) {
             if (size >= sizeof(ifinfomsg)) EachAttribute(payload + sizeof(ifinfomsg), size - sizeof(ifinfomsg), readLink);
           });

  auto attached = Napi::Array::New(env);
  auto add = [&](const char* mode, uint32_t id) {
    if (id == 0) return;
    auto entry = Napi::Object::New(env);
    entry.Set("mode", mode);
    entry.Set("programId", id);
    attached[attached.Length()] = entry;
  };
  add("native", native);
  add("skb", skb);
  add("hw", hw);
  return attached;
}

/** A bpf_link: what it attached goes with the descriptor, however the process ends. */
Napi::Value XdpLink(const Napi::CallbackInfo& info) {
  auto options = ToObject(info[0], "options");
  uint32_t ifindex = ToUint32(options.Get("ifindex"), "ifindex");
  Mode mode = ToMode(options.Get("mode"));
  int program = ToFd(options.Get("programFd"), "programFd");
  LIBBPF_OPTS(bpf_link_create_opts, create, .flags = mode.flag);
  int fd = bpf_link_create(program, static_cast<int>(ifindex), BPF_XDP, &create);
  if (fd < 0) {
    throw Failure("BPF_LINK_CREATE", "link to ifindex " + std::to_string(ifindex) + " in " + mode.name + " mode", -fd);
  }
  return Napi::Number::New(info.Env(), fd);
}

/** Run counts and times of all programs are kept while the descriptor is open (kernel/bpf/syscall.c, since Linux 5.8). */
Napi::Value EnableStatistics(const Napi::CallbackInfo& info) {
  int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
  if (fd < 0) throw Failure("BPF_ENABLE_STATS", "count of the runs of programs", -fd);
  return Napi::Number::New(info.Env(), fd);
}

}  // namespace

void RegisterXdp(Napi::Object exports) {
  Export<XdpQuery>(exports, "xdpQuery");
  Export<XdpAttach>(exports, "xdpAttach");
  Export<XdpDetach>(exports, "xdpDetach");
  Export<XdpLink>(exports, "xdpLink");
  Export<EnableStatistics>(exports, "enableStatistics");
}

}  // namespace xdpw
