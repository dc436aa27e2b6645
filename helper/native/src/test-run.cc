#include <bpf/bpf.h>
#include <errno.h>
#include <sys/socket.h>

#include <vector>

#include "addon.h"
#include "arguments.h"

#ifndef AF_XDP
#define AF_XDP 44
#endif

namespace xdpw {

namespace {

/** what a program can add: the headroom in front, and at the end the rest of a page (bpf_prog_test_run_xdp in net/bpf/test_run.c) */
constexpr size_t kRoomToGrow = 2 * 4096;

Napi::Value TestRun(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  int fd = ToFd(info[0], "programFd");
  auto options = ToObject(info[1], "options");
  Bytes data = ToBytes(options.Get("data"), "data");
  Napi::Value repeat = options.Get("repeat");
  Napi::Value context = options.Get("context");

  std::vector<uint8_t> out(data.size + kRoomToGrow);
  LIBBPF_OPTS(bpf_test_run_opts, run);
  run.data_in = data.data;
  run.data_size_in = static_cast<uint32_t>(data.size);
  run.data_out = out.data();
  // the kernel writes the length back into it
  run.data_size_out = static_cast<uint32_t>(out.size());
  run.repeat = repeat.IsUndefined() ? 1 : static_cast<int>(ToUint32(repeat, "repeat") & 0x7fffffff);

  xdp_md md = {};
  if (!context.IsUndefined()) {
    auto given = ToObject(context, "context");
    md.data_end = static_cast<uint32_t>(data.size);
    md.ingress_ifindex = ToUint32(given.Get("ifindex"), "ifindex");
    md.rx_queue_index = ToUint32(given.Get("queue"), "queue");
    run.ctx_in = &md;
    run.ctx_size_in = sizeof(md);
  }
  int error = -bpf_prog_test_run_opts(fd, &run);
  if (error) {
    throw Failure("BPF_PROG_TEST_RUN", "test run with a packet of " + std::to_string(data.size) + " bytes", error);
  }
  auto result = Napi::Object::New(env);
  result.Set("retval", run.retval);
  result.Set("data", Napi::Buffer<uint8_t>::Copy(env, out.data(), run.data_size_out));
  result.Set("duration", run.duration);
  return result;
}

Napi::Value XdpSocket(const Napi::CallbackInfo& info) {
  int fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (fd < 0) throw Failure("socket", "opening of an AF_XDP socket", errno);
  return Napi::Number::New(info.Env(), fd);
}

}  // namespace

void RegisterTestRun(Napi::Object exports) {
  Export<TestRun>(exports, "testRun");
  Export<XdpSocket>(exports, "xdpSocket");
}

}  // namespace xdpw
