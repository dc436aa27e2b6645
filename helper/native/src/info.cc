#include "info.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <string.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <vector>

#include "addon.h"
#include "arguments.h"
#include "fd.h"

namespace xdpw {

namespace {

/** Walks all ids of one kind. They may vanish before they are opened: ENOENT is ordinary then. */
template <int (*next)(uint32_t, uint32_t*)>
Napi::Value Ids(const Napi::CallbackInfo& info, const char* operation, const char* what) {
  auto ids = Napi::Array::New(info.Env());
  uint32_t id = 0;
  while (next(id, &id) == 0) ids[ids.Length()] = Napi::Number::New(info.Env(), id);
  if (errno != ENOENT) throw Failure(operation, what, errno);
  return ids;
}

Napi::Value ProgramIds(const Napi::CallbackInfo& info) {
  return Ids<bpf_prog_get_next_id>(info, "BPF_PROG_GET_NEXT_ID", "list of programs");
}

Napi::Value MapIds(const Napi::CallbackInfo& info) {
  return Ids<bpf_map_get_next_id>(info, "BPF_MAP_GET_NEXT_ID", "list of maps");
}

Napi::Value LinkIds(const Napi::CallbackInfo& info) {
  return Ids<bpf_link_get_next_id>(info, "BPF_LINK_GET_NEXT_ID", "list of links");
}

Fd Open(int fd, const char* operation, const std::string& what) {
  if (fd < 0) throw Failure(operation, what, errno);
  return Fd(fd);
}

std::string ProgramCalled(uint32_t id) { return "query of program id " + std::to_string(id); }

Napi::Value OpenProgram(const Napi::CallbackInfo& info) {
  uint32_t id = ToUint32(info[0], "id");
  Fd fd = Open(bpf_prog_get_fd_by_id(id), "BPF_PROG_GET_FD_BY_ID", "open of program id " + std::to_string(id));
  return Napi::Number::New(info.Env(), fd.Release());
}

struct FreeBtf {
  void operator()(btf* types) const { btf__free(types); }
};

/** The kernel cuts names to 15 characters. The main function's whole name is that of the first function in its BTF. */
std::string FullName(int fd, const bpf_prog_info& known) {
  std::string name(known.name, strnlen(known.name, sizeof(known.name)));
  if (name.size() < BPF_OBJ_NAME_LEN - 1 || !known.btf_id || !known.nr_func_info) return name;
  std::vector<uint8_t> functions(size_t{known.nr_func_info} * known.func_info_rec_size);
  bpf_prog_info info = {};
  info.nr_func_info = known.nr_func_info;
  info.func_info_rec_size = known.func_info_rec_size;
  info.func_info = reinterpret_cast<uintptr_t>(functions.data());
  uint32_t size = sizeof(info);
  if (functions.size() < sizeof(bpf_func_info) || bpf_obj_get_info_by_fd(fd, &info, &size)) return name;
  std::unique_ptr<btf, FreeBtf> types(btf__load_from_kernel_by_id(known.btf_id));
  if (!types) return name;
  auto* first = reinterpret_cast<const bpf_func_info*>(functions.data());
  const btf_type* function = btf__type_by_id(types.get(), first->type_id);
  const char* full = function ? btf__name_by_offset(types.get(), function->name_off) : nullptr;
  // BTF of another function must not rename the program
  return full && strncmp(full, name.c_str(), name.size()) == 0 ? full : name;
}

std::vector<uint32_t> MapsOf(int fd, uint32_t count, const std::string& what) {
  std::vector<uint32_t> ids(count);
  if (!count) return ids;
  bpf_prog_info info = {};
  info.nr_map_ids = count;
  info.map_ids = reinterpret_cast<uintptr_t>(ids.data());
  uint32_t size = sizeof(info);
  if (bpf_obj_get_info_by_fd(fd, &info, &size)) throw Failure("BPF_OBJ_GET_INFO_BY_FD", what, errno);
  return ids;
}

Napi::Value ProgramInfo(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  uint32_t id = ToUint32(info[0], "id");
  std::string what = ProgramCalled(id);
  Fd fd = Open(bpf_prog_get_fd_by_id(id), "BPF_PROG_GET_FD_BY_ID", what);
  auto program = ReadInfo<bpf_prog_info>(fd.Get(), what);

  char tag[2 * BPF_TAG_SIZE + 1] = "";
  for (int i = 0; i < BPF_TAG_SIZE; i += 1) snprintf(tag + 2 * i, 3, "%02x", program.tag[i]);
  auto maps = Napi::Array::New(env);
  for (uint32_t map : MapsOf(fd.Get(), program.nr_map_ids, what)) maps[maps.Length()] = Napi::Number::New(env, map);

  auto result = Napi::Object::New(env);
  result.Set("id", program.id);
  result.Set("type", program.type);
  result.Set("name", FullName(fd.Get(), program));
  result.Set("tag", tag);
  result.Set("loadTime", Napi::BigInt::New(env, static_cast<uint64_t>(program.load_time)));
  result.Set("uid", program.created_by_uid);
  result.Set("xlatedLength", program.xlated_prog_len);
  result.Set("jitedLength", program.jited_prog_len);
  result.Set("mapIds", maps);
  result.Set("btfId", program.btf_id);
  result.Set("gplCompatible", program.gpl_compatible != 0);
  result.Set("runCount", Napi::BigInt::New(env, static_cast<uint64_t>(program.run_cnt)));
  result.Set("runTimeNs", Napi::BigInt::New(env, static_cast<uint64_t>(program.run_time_ns)));
  result.Set("verifiedInstructions", program.verified_insns);
  result.Set("ifindex", program.ifindex);
  return result;
}

Napi::Value MapInfo(const Napi::CallbackInfo& info) {
  uint32_t id = ToUint32(info[0], "id");
  std::string what = "query of map id " + std::to_string(id);
  Fd fd = Open(bpf_map_get_fd_by_id(id), "BPF_MAP_GET_FD_BY_ID", what);
  return DescribeMap(info.Env(), ReadInfo<bpf_map_info>(fd.Get(), what));
}

Napi::Value LinkInfo(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  uint32_t id = ToUint32(info[0], "id");
  std::string what = "query of link id " + std::to_string(id);
  Fd fd = Open(bpf_link_get_fd_by_id(id), "BPF_LINK_GET_FD_BY_ID", what);
  auto link = ReadInfo<bpf_link_info>(fd.Get(), what);
  auto result = Napi::Object::New(env);
  result.Set("id", link.id);
  result.Set("type", link.type);
  result.Set("programId", link.prog_id);
  bool xdp = link.type == BPF_LINK_TYPE_XDP;
  result.Set("ifindex", xdp ? Napi::Number::New(env, link.xdp.ifindex) : env.Null());
  bool tracing = link.type == BPF_LINK_TYPE_TRACING;
  result.Set("targetProgramId", tracing ? Napi::Number::New(env, link.tracing.target_obj_id) : env.Null());
  result.Set("targetFunctionId", tracing ? Napi::Number::New(env, link.tracing.target_btf_id) : env.Null());
  return result;
}

Napi::Value Btf(const Napi::CallbackInfo& info) {
  uint32_t id = ToUint32(info[0], "id");
  std::string what = "read of btf id " + std::to_string(id);
  Fd fd = Open(bpf_btf_get_fd_by_id(id), "BPF_BTF_GET_FD_BY_ID", what);
  auto about = ReadInfo<bpf_btf_info>(fd.Get(), what);
  auto bytes = Napi::Buffer<uint8_t>::New(info.Env(), about.btf_size);
  bpf_btf_info read = {};
  read.btf = reinterpret_cast<uintptr_t>(bytes.Data());
  read.btf_size = about.btf_size;
  uint32_t size = sizeof(read);
  if (bpf_obj_get_info_by_fd(fd.Get(), &read, &size)) throw Failure("BPF_OBJ_GET_INFO_BY_FD", what, errno);
  return bytes;
}

/** One number of /proc/self/fdinfo, 0 where there is no such line. */
uint32_t DescriptorField(int fd, const std::string& key) {
  std::ifstream lines("/proc/self/fdinfo/" + std::to_string(fd));
  for (std::string line; std::getline(lines, line);) {
    if (line.compare(0, key.size() + 1, key + ":") == 0) return static_cast<uint32_t>(strtoul(line.c_str() + key.size() + 1, nullptr, 10));
  }
  return 0;
}

Napi::Value Pinned(const Napi::CallbackInfo& info) {
  std::string path = ToText(info[0], "path");
  std::string what = "open of pin " + path;
  Fd fd = Open(bpf_obj_get(path.c_str()), "BPF_OBJ_GET", what);
  // a link also names its program: ask for the link first
  const std::pair<const char*, const char*> kinds[] = {{"link_id", "link"}, {"map_id", "map"}, {"prog_id", "program"}};
  for (const auto& [key, kind] : kinds) {
    uint32_t id = DescriptorField(fd.Get(), key);
    if (!id) continue;
    auto result = Napi::Object::New(info.Env());
    result.Set("kind", kind);
    result.Set("id", id);
    return result;
  }
  throw Failure("BPF_OBJ_GET", what, EINVAL);
}

Napi::Value PinMap(const Napi::CallbackInfo& info) {
  uint32_t id = ToUint32(info[0], "id");
  std::string path = ToText(info[1], "path");
  std::string what = "pin of map id " + std::to_string(id) + " at " + path;
  Fd fd = Open(bpf_map_get_fd_by_id(id), "BPF_MAP_GET_FD_BY_ID", what);
  if (int error = bpf_obj_pin(fd.Get(), path.c_str())) throw Failure("BPF_OBJ_PIN", what, -error);
  return info.Env().Undefined();
}

}  // namespace

Napi::Object DescribeMap(Napi::Env env, const bpf_map_info& info) {
  auto result = Napi::Object::New(env);
  result.Set("id", info.id);
  result.Set("type", info.type);
  result.Set("name", std::string(info.name, strnlen(info.name, sizeof(info.name))));
  result.Set("keySize", info.key_size);
  result.Set("valueSize", info.value_size);
  result.Set("maxEntries", info.max_entries);
  result.Set("flags", info.map_flags);
  result.Set("btfId", info.btf_id);
  result.Set("btfKeyTypeId", info.btf_key_type_id);
  result.Set("btfValueTypeId", info.btf_value_type_id);
  result.Set("ifindex", info.ifindex);
  return result;
}

void RegisterInfo(Napi::Object exports) {
  Export<ProgramIds>(exports, "programIds");
  Export<MapIds>(exports, "mapIds");
  Export<LinkIds>(exports, "linkIds");
  Export<OpenProgram>(exports, "openProgram");
  Export<ProgramInfo>(exports, "programInfo");
  Export<MapInfo>(exports, "mapInfo");
  Export<LinkInfo>(exports, "linkInfo");
  Export<Btf>(exports, "btf");
  Export<Pinned>(exports, "pinned");
  Export<PinMap>(exports, "pinMap");
}

}  // namespace xdpw
