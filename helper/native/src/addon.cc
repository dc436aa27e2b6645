#include "addon.h"

#include <bpf/libbpf.h>

#include "netns.h"
#include "prints.h"

namespace xdpw {

namespace {

Napi::Value PossibleCpus(const Napi::CallbackInfo& info) {
  int count = libbpf_num_possible_cpus();
  if (count < 0) throw Failure("libbpf_num_possible_cpus", "count of the possible cpus", -count);
  return Napi::Number::New(info.Env(), count);
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  RememberHomeNamespace();
  SilenceLibbpf();
  auto* realm = new Realm();
  env.SetInstanceData(realm);

  exports.Set("libbpfVersion", std::to_string(libbpf_major_version()) + "." + std::to_string(libbpf_minor_version()));
  Export<PossibleCpus>(exports, "possibleCpus");
  RegisterCapabilities(exports);
  RegisterCount(exports, *realm);
  RegisterDump(exports);
  RegisterEthtool(exports);
  RegisterHelpers(exports);
  RegisterInfo(exports);
  RegisterMake(exports);
  RegisterMap(exports, *realm);
  RegisterNetns(exports);
  RegisterObject(exports, *realm);
  RegisterOrphan(exports);
  RegisterPool(exports);
  RegisterQuery(exports);
  RegisterSend(exports);
  RegisterTestRun(exports);
  RegisterTracepoint(exports);
  RegisterWatch(exports, *realm);
  RegisterXdp(exports);
  return exports;
}

}  // namespace

}  // namespace xdpw

static Napi::Object InitAddon(Napi::Env env, Napi::Object exports) { return xdpw::Init(env, exports); }
NODE_API_MODULE(xdpw, InitAddon)
