#include <bpf/bpf.h>
#include <errno.h>
#include <unistd.h>

#include "addon.h"
#include "arguments.h"
#include "fd.h"

namespace xdpw {

namespace {

Fd OpenById(uint32_t id, const std::string& what) {
  Fd fd(bpf_map_get_fd_by_id(id));
  if (!fd.Open()) throw Failure("BPF_MAP_GET_FD_BY_ID", what, errno);
  return fd;
}

/** createMap(options) of face.ts: the descriptor is the caller's. */
Napi::Value CreateMap(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!info[0].IsObject()) throw Napi::TypeError::New(env, "argument options must be an object");
  auto options = info[0].As<Napi::Object>();
  std::string name = ToText(options.Get("name"), "name");
  std::string what = "creation of map " + name;
  LIBBPF_OPTS(bpf_map_create_opts, how, .map_flags = ToUint32(options.Get("flags"), "flags"));
  Fd inner;
  Napi::Value like = options.Get("innerMapId");
  if (!like.IsNull()) {
    inner = OpenById(ToUint32(like, "innerMapId"), what);
    how.inner_map_fd = inner.Get();
  }
  int fd = bpf_map_create(static_cast<bpf_map_type>(ToUint32(options.Get("type"), "type")), name.c_str(),
                          ToUint32(options.Get("keySize"), "keySize"), ToUint32(options.Get("valueSize"), "valueSize"),
                          ToUint32(options.Get("maxEntries"), "maxEntries"), &how);
  if (fd < 0) throw Failure("BPF_MAP_CREATE", what, errno);
  return Napi::Number::New(env, fd);
}

/** From then on no system call writes to the map; programs still may. */
Napi::Value FreezeMap(const Napi::CallbackInfo& info) {
  uint32_t id = ToUint32(info[0], "id");
  std::string what = "freezing of map id " + std::to_string(id);
  Fd fd = OpenById(id, what);
  if (bpf_map_freeze(fd.Get())) throw Failure("BPF_MAP_FREEZE", what, errno);
  return info.Env().Undefined();
}

/** The id of the map behind a descriptor of ours. */
Napi::Value MapIdOf(const Napi::CallbackInfo& info) {
  bpf_map_info about = {};
  uint32_t size = sizeof about;
  if (bpf_obj_get_info_by_fd(static_cast<int>(ToUint32(info[0], "fd")), &about, &size)) {
    throw Failure("BPF_OBJ_GET_INFO_BY_FD", "query of a map", errno);
  }
  return Napi::Number::New(info.Env(), about.id);
}

}  // namespace

void RegisterMake(Napi::Object exports) {
  Export<CreateMap>(exports, "createMap");
  Export<FreezeMap>(exports, "freezeMap");
  Export<MapIdOf>(exports, "mapIdOf");
}

}  // namespace xdpw
