#include <bpf/bpf.h>
#include <errno.h>

#include "addon.h"
#include "arguments.h"

namespace xdpw {

namespace {

/** BPF_RAW_TRACEPOINT_OPEN: the program runs at the tracepoint while the descriptor is open (kernel/trace/bpf_trace.c). */
Napi::Value RawTracepoint(const Napi::CallbackInfo& info) {
  std::string name = ToText(info[0], "name");
  int program = ToFd(info[1], "programFd");
  int fd = bpf_raw_tracepoint_open(name.c_str(), program);
  if (fd < 0) throw Failure("BPF_RAW_TRACEPOINT_OPEN", "opening of tracepoint " + name, -fd);
  return Napi::Number::New(info.Env(), fd);
}

}  // namespace

void RegisterTracepoint(Napi::Object exports) { Export<RawTracepoint>(exports, "rawTracepoint"); }

}  // namespace xdpw
