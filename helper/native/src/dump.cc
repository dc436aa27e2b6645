// A loaded program's code as the kernel keeps it: the arrays of struct bpf_prog_info.
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include "addon.h"
#include "arguments.h"
#include "errors.h"
#include "fd.h"
#include "info.h"

namespace xdpw {

namespace {

/** The arrays, with room for what the kernel says that it has. What it may not show it leaves out: the pointer is zero. */
struct Arrays {
  std::vector<uint8_t> xlated;
  std::vector<uint8_t> jited;
  std::vector<uint64_t> ksyms;
  std::vector<uint32_t> lengths;
  std::vector<bpf_line_info> lines;
  std::vector<uint64_t> jitedLines;
  std::vector<bpf_func_info> functions;
  std::vector<uint32_t> maps;
};

template <typename Item>
uint64_t Room(std::vector<Item>& items, uint32_t count) {
  items.assign(count, Item{});
  return reinterpret_cast<uintptr_t>(items.data());
}

/** What came: nothing where the kernel hid it, and not more than there is. */
template <typename Item>
void Keep(std::vector<Item>& items, uint64_t pointer, uint32_t count) {
  items.resize(pointer ? std::min<size_t>(items.size(), count) : 0);
}

bpf_prog_info ReadArrays(int fd, const std::string& what, Arrays& into) {
  auto sizes = ReadInfo<bpf_prog_info>(fd, what);
  bpf_prog_info info = {};
  info.xlated_prog_len = sizes.xlated_prog_len;
  info.xlated_prog_insns = Room(into.xlated, info.xlated_prog_len);
  info.jited_prog_len = sizes.jited_prog_len;
  info.jited_prog_insns = Room(into.jited, info.jited_prog_len);
  info.nr_jited_ksyms = sizes.nr_jited_ksyms;
  info.jited_ksyms = Room(into.ksyms, info.nr_jited_ksyms);
  info.nr_jited_func_lens = sizes.nr_jited_func_lens;
  info.jited_func_lens = Room(into.lengths, info.nr_jited_func_lens);
  info.nr_line_info = sizes.nr_line_info;
  info.line_info_rec_size = sizeof(bpf_line_info);
  info.line_info = Room(into.lines, info.nr_line_info);
  info.nr_jited_line_info = sizes.nr_jited_line_info;
  info.jited_line_info_rec_size = sizeof(uint64_t);
  info.jited_line_info = Room(into.jitedLines, info.nr_jited_line_info);
  info.nr_func_info = sizes.nr_func_info;
  info.func_info_rec_size = sizeof(bpf_func_info);
  info.func_info = Room(into.functions, info.nr_func_info);
  info.nr_map_ids = sizes.nr_map_ids;
  info.map_ids = Room(into.maps, info.nr_map_ids);
  uint32_t size = sizeof(info);
  if (bpf_obj_get_info_by_fd(fd, &info, &size)) throw Failure("BPF_OBJ_GET_INFO_BY_FD", what, errno);
  Keep(into.xlated, info.xlated_prog_insns, info.xlated_prog_len);
  Keep(into.jited, info.jited_prog_insns, info.jited_prog_len);
  Keep(into.ksyms, info.jited_ksyms, info.nr_jited_ksyms);
  Keep(into.lengths, info.jited_func_lens, info.nr_jited_func_lens);
  Keep(into.lines, info.line_info, info.nr_line_info);
  Keep(into.jitedLines, info.jited_line_info, info.nr_jited_line_info);
  Keep(into.functions, info.func_info, info.nr_func_info);
  Keep(into.maps, info.map_ids, info.nr_map_ids);
  return info;
}

template <typename Item, typename Convert>
Napi::Array ToList(Napi::Env env, const std::vector<Item>& items, Convert convert) {
  auto list = Napi::Array::New(env, items.size());
  for (size_t i = 0; i < items.size(); i += 1) list.Set(static_cast<uint32_t>(i), convert(items[i]));
  return list;
}

Napi::Array Numbers(Napi::Env env, std::initializer_list<uint32_t> values) {
  auto list = Napi::Array::New(env, values.size());
  uint32_t at = 0;
  for (uint32_t value : values) list.Set(at++, Napi::Number::New(env, value));
  return list;
}

Napi::Value DumpProgram(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  uint32_t id = ToUint32(info[0], "id");
  std::string what = "dump of program id " + std::to_string(id);
  Fd fd(bpf_prog_get_fd_by_id(id));
  if (!fd.Open()) throw Failure("BPF_PROG_GET_FD_BY_ID", what, errno);
  Arrays arrays;
  auto program = ReadArrays(fd.Get(), what, arrays);
  auto address = [&](uint64_t value) { return Napi::BigInt::New(env, value); };
  auto number = [&](uint32_t value) { return Napi::Number::New(env, value); };

  auto result = Napi::Object::New(env);
  result.Set("xlated", Napi::Buffer<uint8_t>::Copy(env, arrays.xlated.data(), arrays.xlated.size()));
  result.Set("jited", Napi::Buffer<uint8_t>::Copy(env, arrays.jited.data(), arrays.jited.size()));
  result.Set("jitedLength", program.jited_prog_len);
  result.Set("jitedAddresses", ToList(env, arrays.ksyms, address));
  result.Set("jitedLengths", ToList(env, arrays.lengths, number));
  result.Set("lines", ToList(env, arrays.lines, [&](const bpf_line_info& line) {
    return Numbers(env, {line.insn_off, line.file_name_off, line.line_off, line.line_col});
  }));
  result.Set("jitedLines", ToList(env, arrays.jitedLines, address));
  result.Set("functions", ToList(env, arrays.functions, [&](const bpf_func_info& function) {
    return Numbers(env, {function.insn_off, function.type_id});
  }));
  result.Set("mapIds", ToList(env, arrays.maps, number));
  result.Set("btfId", program.btf_id);
  return result;
}

}  // namespace

void RegisterDump(Napi::Object exports) { Export<DumpProgram>(exports, "dumpProgram"); }

}  // namespace xdpw
